"""Templates of chapter 1: what types, the check of the input and the documentation come to."""

from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Hinted(Template):
    id, level, proof = "1.1-hinted", 1, "cell what-read"
    facts = ("hints-convert",)
    why = "Python itself never reads a hint: a direct call works with what it got. FastAPI reads it and converts what came as text."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            name=dice.choice(["repeat", "charge", "stack", "weigh"]),
            n=dice.choice(["2", "3", "4", "5", "12"]),
            times=dice.choice([2, 3]),
            hint=dice.choice(["int", "float"]),
            direct=dice.random() < 0.7,
        )

    def code(self, p: Shape) -> str:
        given = f'"{p.n}"' if p.direct else p.n
        return f"""
app = FastAPI()

@app.get("/{p.name}")
def {p.name}(number: {p.hint}):
    return number * {p.times}

print({p.name}({given}), TestClient(app).get("/{p.name}?number={p.n}").text)
"""

    def text(self, p: Shape) -> str:
        return p.n * p.times

    def number(self, p: Shape) -> str:
        return str((int if p.hint == "int" else float)(p.n) * p.times)

    @believing("A hint converts nothing when a function is called directly: Python does not look at it.")
    def python_converts(self, p: Shape) -> str:
        return f"{self.number(p)} {self.number(p)}"

    @believing("A query parameter comes as text, and its hint has FastAPI convert it before the function is called.")
    def query_stays_text(self, p: Shape) -> str:
        return f'{self.text(p) if p.direct else int(p.n) * p.times} "{self.text(p)}"'

    @believing(
        "A direct call works with the very value that it gets, number or text; only the served call is converted."
    )
    def turned_round(self, p: Shape) -> str:
        return f'{self.number(p)} "{self.text(p)}"' if p.direct else f"{self.text(p)} {self.number(p)}"

    @believing(
        "The decorator registers the function and gives it back as it is: a direct call checks and converts nothing."
    )
    def decorated(self, p: Shape) -> str:
        return f"{self.text(p)} {self.text(p)}"

    @believing("FastAPI converts to the type of the hint, no other: an `int` stays whole, a `float` has its point.")
    def other_type(self, p: Shape) -> str:
        other = float if p.hint == "int" else int
        direct = self.text(p) if p.direct else int(p.n) * p.times
        return f"{direct} {other(p.n) * p.times}"


class Refused(Template):
    id, level, proof = "1.2-refused", 2, "cell gain-field"
    facts = ("lax-mode",)
    why = "Pydantic looks at every field before it refuses, and converts what can be converted: a text of digits is a number."

    VALUES = {
        "int": [('"7"', True), ('"seven"', False), ("7.5", False), ("7.0", True), ("null", False), ("true", True)],
        "float": [('"2.5"', True), ('"heavy"', False), ("3", True), ("null", False), ("[]", False)],
        "bool": [('"yes"', True), ('"maybe"', False), ("1", True), ("2", False), ('"off"', True)],
        "str": [('"Ada"', True), ("7", False), ("null", False), ("true", False), ('""', True)],
    }

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["number", "weight", "express", "to", "note", "floor"], 4)
        fields = []
        for name in names:
            hint = dice.choice(list(self.VALUES))
            value, fits = dice.choice([*self.VALUES[hint], ("", False)])
            fields.append((name, hint, value, fits))
        return Shape(fields=fields)

    def code(self, p: Shape) -> str:
        lines = "\n".join(f"    {name}: {hint}" for name, hint, _, _ in p.fields)
        sent = ", ".join(f'"{name}": {value}' for name, _, value, _ in p.fields if value)
        return f"""
class Parcel(BaseModel):
{lines}

try:
    Parcel.model_validate_json('{{{sent}}}')
    print([])
except ValidationError as error:
    print([slip["loc"][0] for slip in error.errors()])
"""

    def refused(self, p: Shape) -> list[str]:
        return [name for name, _, _, fits in p.fields if not fits]

    @believing("It does not stop at the first fault: all are told at once.")
    def first_only(self, p: Shape) -> str:
        return str(self.refused(p)[:1])

    @believing("A field that is missing is a fault, and so is a value of the wrong type.")
    def missing_only(self, p: Shape) -> str:
        return str([name for name, _, value, _ in p.fields if not value])

    @believing("Without a default a field is required: what is missing is told like what is wrong.")
    def wrong_only(self, p: Shape) -> str:
        return str([name for name, _, value, fits in p.fields if value and not fits])

    @believing('By default what can be converted without loss is converted: "7" is an int, "yes" a bool, 3 a float.')
    def strict(self, p: Shape) -> str:
        kinds = {
            "int": str.isdigit,
            "float": lambda v: v.replace(".", "").isdigit(),
            "bool": lambda v: v in ("true", "false"),
        }
        fits = {"str": lambda v: v.startswith('"')} | kinds
        return str([name for name, hint, value, _ in p.fields if not value or not fits[hint](value)])

    @believing("A number is not turned into a text, nor null into anything: that is refused.")
    def lenient(self, p: Shape) -> str:
        return str([name for name, hint, value, fits in p.fields if not fits and (not value or hint != "str")])

    @believing("It is the list of what was refused; the rest is valid.")
    def accepted(self, p: Shape) -> str:
        return str([name for name, _, _, fits in p.fields if fits])


class Required(Template):
    id, level, proof = "1.2-required", 2, "cell gain-docs"
    facts = ("default-is-optional",)
    why = (
        "Only a default makes a field optional. `| None` says that null is a value, not that the field may be missing."
    )
    FORMS = {
        "str": True,
        "int | None": True,
        'str = ""': False,
        "int | None = None": False,
        "bool = False": False,
        "Annotated[int, Field(gt=0)]": True,
        "list[str] = Field(default_factory=list)": False,
        "Annotated[str | None, Field(max_length=9)]": True,
    }

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["to", "weight", "note", "express", "number", "marks"], 4)
        return Shape(fields=list(zip(names, dice.sample(list(self.FORMS), 4))))

    def code(self, p: Shape) -> str:
        lines = "\n".join(f"    {name}: {form}" for name, form in p.fields)
        return f"""
class Parcel(BaseModel):
{lines}

app = FastAPI()

@app.post("/parcels")
def hand_in(parcel: Parcel) -> None: ...

print(app.openapi()["components"]["schemas"]["Parcel"].get("required", []))
"""

    @believing("A type that takes None has no default for that: the field has to be sent, be it as null.")
    def none_is_optional(self, p: Shape) -> str:
        return str([name for name, form in p.fields if self.FORMS[form] and "None" not in form])

    @believing("A field with a default may be left out, whatever the default is.")
    def only_none_is_a_default(self, p: Shape) -> str:
        return str([name for name, form in p.fields if "= None" not in form])

    @believing("A limit in `Field` says nothing about whether the field must be there.")
    def limits_make_optional(self, p: Shape) -> str:
        return str([name for name, form in p.fields if self.FORMS[form] and "Field" not in form])

    @believing("`default_factory` is a default as well: the field may be missing.")
    def factories_are_none(self, p: Shape) -> str:
        return str([name for name, form in p.fields if self.FORMS[form] or "default_factory" in form])

    @believing("Not all fields of a model are required: the ones without a default are.")
    def everything(self, p: Shape) -> str:
        return str([name for name, _ in p.fields])

    @believing("It is what must be sent; what may be missing is not listed.")
    def optional_listed(self, p: Shape) -> str:
        return str([name for name, form in p.fields if not self.FORMS[form]])


class Settings(Template):
    id, level, proof = "1.4-prefix", 2, "cell 8/org-own"
    why = "An argument goes before a variable of the environment, and that before the default. With `env_prefix` a variable without it is another variable."

    def shape(self, dice: Random) -> Shape:
        numbers = dice.sample(range(10, 90, 5), 4)
        return Shape(
            prefix=dice.choice(["", "SHOP_", "DEPOT_"]),
            field=dice.choice(["limit", "workers", "retries"]),
            default=numbers[0],
            plain=numbers[1],
            prefixed=numbers[2],
            given=dice.choice([None, None, numbers[3]]),
            variable=dice.choice(["plain", "both", "prefixed"]),
        )

    def code(self, p: Shape) -> str:
        name = p.field.upper()
        lines = [f'os.environ["{name}"] = "{p.plain}"'] if p.variable != "prefixed" else []
        lines += [f'os.environ["{p.prefix or "APP_"}{name}"] = "{p.prefixed}"'] if p.variable != "plain" else []
        config = f'    model_config = SettingsConfigDict(env_prefix="{p.prefix}")\n' if p.prefix else ""
        given = "" if p.given is None else f"{p.field}={p.given}"
        return "\n".join(
            [
                "import os",
                "from pydantic_settings import BaseSettings, SettingsConfigDict",
                "",
                *lines,
                "",
                "class Settings(BaseSettings):",
                f"{config}    {p.field}: int = {p.default}",
                "",
                f"print(Settings({given}).{p.field})",
            ]
        )

    @believing("An argument goes before a variable whose name fits, and that before the default.")
    def default_wins(self, p: Shape) -> str:
        return str(p.default)

    @believing(
        "An argument goes before every variable, and with a prefix the variable of the bare name is none of this class's."
    )
    def bare_name(self, p: Shape) -> str | None:
        return str(p.plain) if p.variable != "prefixed" else None

    @believing("Only the prefix that the class names is put in front, and an argument goes before every variable.")
    def prefixed_name(self, p: Shape) -> str | None:
        return str(p.prefixed) if p.variable != "plain" else None

    @believing(
        "Of what is read from the environment the hint makes a number; a variable that is not read says nothing."
    )
    def stays_text(self, p: Shape) -> str:
        return f"'{p.plain if p.variable != 'prefixed' else p.prefixed}'"

    @believing("A field without its variable takes its default; it does not fail.")
    def fails(self, p: Shape) -> str:
        return "ValidationError"

    @believing("A field with a default is not None while its variable is missing.")
    def empty(self, p: Shape) -> str:
        return "None"
