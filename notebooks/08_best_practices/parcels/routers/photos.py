from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, HTTPException, UploadFile
from fastapi.responses import FileResponse
from PIL import Image
from pydantic import BaseModel

from parcels import tasks
from parcels.dependencies import ParcelDep, RunLaterDep
from parcels.settings import get_settings

MAX_BYTES = 1_000_000
MAX_PIXELS = 25_000_000

router = APIRouter(prefix="/parcels/{parcel_id}/photo", tags=["photos"])


class PhotoAccepted(BaseModel):
    parcel_id: UUID
    width: int
    height: int


def read_image(photo: UploadFile) -> Image.Image:
    """The photo, decoded to its end: neither its name nor its declared type is believed."""
    try:
        image = Image.open(photo.file, formats=["JPEG", "PNG"])
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        image.load()
    except Image.DecompressionBombError:
        raise HTTPException(413, "Too many pixels.") from None
    except (OSError, SyntaxError, ValueError):
        raise HTTPException(415, "Send a whole JPEG or PNG.") from None
    return image.convert("RGB")


ImageDep = Annotated[Image.Image, Depends(read_image)]


@router.put("", status_code=202, max_body_size=MAX_BYTES)
def add_photo(parcel: ParcelDep, image: ImageDep, run_later: RunLaterDep) -> PhotoAccepted:
    """What is stored is drawn from the pixels: whatever else the file held, a place or a script, is gone."""
    photo_dir = get_settings().photo_dir
    part = photo_dir / f"{uuid4().hex}.part"  # two that come at once do not write into each other
    image.save(part, "JPEG", comment=b"")  # else Pillow copies it
    part.replace(photo_dir / f"{parcel.id}.jpg")
    run_later(tasks.make_thumbnail, f"{parcel.id}.jpg")
    return PhotoAccepted(parcel_id=parcel.id, width=image.width, height=image.height)


@router.get("", response_class=FileResponse)
def read_photo(parcel: ParcelDep, size: Literal["small", "full"] = "small") -> FileResponse:
    name = f"{parcel.id}.jpg"
    path = get_settings().photo_dir / (name if size == "full" else f"small-{name}")
    if not path.is_file():
        raise HTTPException(404, "No photo yet.")
    return FileResponse(path, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})
