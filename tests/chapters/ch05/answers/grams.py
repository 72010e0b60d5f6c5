"""What learners pass to 5.4-grams."""

import sqlalchemy as sa

from tests.chapters.answers import right, stub, wrong

FILL = "UPDATE parcel SET grams = CAST(round(weight_kg * 1000) AS INTEGER)"


def expand(op) -> None:
    op.add_column("parcel", sa.Column("grams", sa.Integer(), nullable=True))


def contracting(*statements: str, required: bool = True, drop: bool = True):
    def contract(op) -> None:
        for statement in statements:
            op.execute(statement)
        with op.batch_alter_table("parcel") as parcel:
            if required:
                parcel.alter_column("grams", existing_type=sa.Integer(), nullable=False)
            if drop:
                parcel.drop_column("weight_kg")

    return contract


@stub("5.4-grams")
def grams_shipped():
    def expand(op) -> None: ...

    def contract(op) -> None: ...

    return expand, contract


@wrong("5.4-grams", says="the old version has lost `weight_kg`")
def grams_by_a_rename():
    def rename(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("weight_kg", new_column_name="grams")

    return rename, contracting(FILL, drop=False)


@wrong("5.4-grams", says="the old version could not write after `expand(op)`")
def grams_required_at_once():
    def fill_and_require(op) -> None:
        expand(op)
        op.execute(FILL)
        contracting(drop=False)(op)

    return fill_and_require, contracting(FILL)


@wrong("5.4-grams", says="has no grams: what was filled before it came?")
def grams_filled_too_early():
    def fill(op) -> None:
        expand(op)
        op.execute(FILL)

    return fill, contracting(required=False)


@wrong("5.4-grams", says="`contract(op)` raised `IntegrityError")
def grams_never_filled():
    return expand, contracting()


@wrong("5.4-grams", says="has changed 4 kg to 5 where the grams were written before")
def grams_only_where_none_are():
    return expand, contracting(f"{FILL} WHERE grams IS NULL")


@wrong("5.4-grams", says="1.1 kg became 1 grams")
def grams_in_kilograms():
    return expand, contracting(FILL.replace(" * 1000", ""))


@wrong("5.4-grams", says="round, for a cast cuts off")
def grams_cut_off():
    return expand, contracting(FILL.replace("round(weight_kg * 1000)", "weight_kg * 1000"))


@wrong("5.4-grams", says="`grams` may still be null")
def grams_not_required():
    return expand, contracting(FILL, required=False)


@wrong("5.4-grams", says="the column `weight_kg` is still there")
def grams_beside_kilograms():
    return expand, contracting(FILL, drop=False)


@right("5.4-grams")
def grams_filled_twice():
    def fill(op) -> None:
        expand(op)
        op.execute(FILL)

    return fill, contracting(FILL)


@right("5.4-grams")
def grams_by_python():
    def contract(op) -> None:
        connection = op.get_bind()
        for id, weight in connection.execute(sa.text("SELECT id, weight_kg FROM parcel")).all():
            change = {"grams": round(weight * 1000), "id": id}
            connection.execute(sa.text("UPDATE parcel SET grams = :grams WHERE id = :id"), change)
        contracting()(op)

    return expand, contract


@right("5.4-grams")
def grams_in_two_batches():
    def add(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.add_column(sa.Column("grams", sa.Integer()))

    def contract(op) -> None:
        op.execute(FILL)
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("grams", existing_type=sa.Integer(), nullable=False)
        op.drop_column("parcel", "weight_kg")

    return add, contract
