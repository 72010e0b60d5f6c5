from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import col, select

from parcels.dependencies import ParcelDep, SenderDep, SessionDep
from parcels.models import Parcel, ParcelIn, ParcelOut

router = APIRouter(prefix="/parcels", tags=["parcels"])


@router.post("", status_code=201, response_model=ParcelOut)
def hand_in(parcel: ParcelIn, sender: SenderDep, session: SessionDep) -> Parcel:
    stored = Parcel(sender_id=sender.id, to=parcel.to, weight_g=parcel.weight_g)
    session.add(stored)
    session.commit()
    session.refresh(stored)
    return stored


@router.get("", response_model=list[ParcelOut])
def list_parcels(
    sender: SenderDep,
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[Parcel]:
    mine = select(Parcel).where(Parcel.sender_id == sender.id).order_by(col(Parcel.created))
    return list(session.exec(mine.limit(limit).offset(offset)))


@router.get("/{parcel_id}", response_model=ParcelOut)
def read_parcel(parcel: ParcelDep) -> Parcel:
    return parcel
