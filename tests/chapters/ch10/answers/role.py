"""What learners pass to 10.3-role."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, Form, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SecretStr

from helpers.chapters.ch10.exercises.role import Member, accounts
from tests.chapters.answers import right, stub, wrong


class Registration(BaseModel):
    name: str
    password: str


class Registered(BaseModel):
    name: str
    role: str


def role_app(function, **options):
    app = FastAPI()
    app.post("/members", **({"status_code": 201} | options))(function)
    return app, accounts


def refuse_taken(name):
    if name in accounts:
        raise HTTPException(409)


@stub("10.3-role")
def role_shipped():
    def register(new: Member) -> Any: ...

    return role_app(register)


@wrong("10.3-role", says="Grace sent a name, a password and the role clerk, and is a clerk now")
def role_of_the_body():
    def register(new: Member) -> Any:
        accounts[new.name] = new
        return new

    return role_app(register, response_model=Registered)


@wrong("10.3-role", says="the answer shows the password")
def role_and_password():
    def register(new: Registration) -> Member:
        accounts[new.name] = Member(**new.model_dump())
        return accounts[new.name]

    return role_app(register)


@wrong("10.3-role", says="a body with a role was refused")
def role_refused():
    class Strict(Registration, extra="forbid"):
        pass

    def register(new: Strict) -> Registered:
        accounts[new.name] = Member(**new.model_dump())
        return Registered(**accounts[new.name].model_dump())

    return role_app(register)


@wrong("10.3-role", says="is not in `accounts`")
def role_forgotten():
    def register(new: Registration) -> Registered:
        return Registered(name=new.name, role="sender")

    return role_app(register)


@wrong("10.3-role", says="but 200 came for a name and a password")
def role_with_200():
    def register(new: Registration) -> Registered:
        accounts[new.name] = Member(**new.model_dump())
        return Registered(name=new.name, role="sender")

    return role_app(register, status_code=200)


@wrong("10.3-role", says="holds Registration for Ada")
def role_kept_as_it_came():
    def register(new: Registration) -> dict[str, str]:
        accounts[new.name] = new
        return {"name": new.name, "role": "sender"}

    return role_app(register)


@wrong("10.3-role", says='{"name": "Ada", "role": "sender"}` was asked for')
def role_untold():
    def register(new: Registration) -> dict[str, str]:
        accounts[new.name] = Member(**new.model_dump())
        return {"name": new.name}

    return role_app(register)


@wrong("10.3-role", says="a body without a password should be a 422")
def role_without_password():
    class Loose(BaseModel):
        name: str
        password: str = ""

    def register(new: Loose) -> Registered:
        accounts[new.name] = Member(**new.model_dump())
        return Registered(name=new.name, role="sender")

    return role_app(register)


@wrong("10.3-role", says="your function `register` returned `None`")
def role_without_return():
    def register(new: Registration) -> Registered:
        accounts[new.name] = Member(**new.model_dump())

    return role_app(register)


@wrong("10.3-role", says="but 422 came for a name and a password")
def role_of_a_form():
    def register(new: Annotated[Registration, Form()]) -> Registered:
        accounts[new.name] = Member(**new.model_dump())
        return Registered(name=new.name, role="sender")

    return role_app(register)


@wrong("10.3-role", says="should have that name and a password")
def role_of_nobody():
    def register(new: Registration) -> Registered:
        accounts[new.name] = Member(name=new.name, password="")
        return Registered(**accounts[new.name].model_dump())

    return role_app(register)


@wrong("10.3-role", says="a stranger sent her name and a password of his own")
def role_of_whoever_came_last():
    def register(new: Registration) -> Registered:
        accounts[new.name] = Member(**new.model_dump())
        return Registered(name=new.name, role="sender")

    return role_app(register)


@wrong("10.3-role", says="a name that is taken should be a 409, but 201 came")
def role_kept_in_silence():
    def register(new: Registration) -> Registered:
        accounts.setdefault(new.name, Member(**new.model_dump()))
        return Registered(name=new.name, role="sender")

    return role_app(register)


@right("10.3-role")
def role_set_afterwards():
    async def register(new: Member) -> Any:
        refuse_taken(new.name)
        accounts[new.name] = new.model_copy(update={"role": "sender"})
        return accounts[new.name].model_dump(exclude={"password"})

    return role_app(register)


@right("10.3-role")
def role_excluded():
    def register(new: Registration) -> Any:
        refuse_taken(new.name)
        accounts[new.name] = Member(name=new.name, password=new.password)
        return accounts[new.name]

    return role_app(register, response_model=Member, response_model_exclude={"password"})


@right("10.3-role")
def role_by_single_values():
    def register(name: Annotated[str, Body()], password: Annotated[SecretStr, Body()]) -> JSONResponse:
        if name in accounts:
            return JSONResponse(None, 409)
        member = accounts[name] = Member(name=name, password=f"hashed-{len(password)}")
        return JSONResponse({"name": name, "role": member.role}, status_code=201)

    return role_app(register)


@right("10.3-role")
def role_by_inheritance():
    class Base(BaseModel):
        name: str

    class In(Base):
        password: str

    class Out(Base):
        role: str = "sender"

    def register(new: In) -> Out:
        if new.name in accounts:
            raise HTTPException(409)
        accounts.update({new.name: Member.model_validate(new.model_dump())})
        return Out(name=new.name)

    return role_app(register)


@right("10.3-role")
def role_of_a_field_that_hides():
    class Kept(Member):
        password: str = Field(exclude=True)
        role: str = Field("sender", init=False)

    def register(new: Registration) -> Kept:
        refuse_taken(new.name)
        accounts[new.name] = Kept(name=new.name, password=new.password)
        return accounts[new.name]

    return role_app(register)
