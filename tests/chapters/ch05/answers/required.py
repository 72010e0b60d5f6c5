"""What learners pass to 5.4-required."""

import sqlalchemy as sa

from tests.chapters.answers import right, stub, wrong

FILL = "UPDATE parcel SET depot = substr(shelf, 1, instr(shelf, '-') - 1) WHERE shelf IS NOT NULL"
UNKNOWN = "UPDATE parcel SET depot = 'unknown' WHERE shelf IS NULL"


def downgrade(op) -> None:
    with op.batch_alter_table("parcel") as parcel:
        parcel.drop_column("depot")


def steps(*statements: str, nullable: bool = False, default: str | None = None):
    """A migration that adds the column, runs the statements and makes it required."""

    def upgrade(op) -> None:
        op.add_column("parcel", sa.Column("depot", sa.String(), nullable=True, server_default=default))
        for statement in statements:
            op.execute(statement)
        if not nullable:
            with op.batch_alter_table("parcel") as parcel:
                parcel.alter_column("depot", existing_type=sa.String(), nullable=False)

    return upgrade


@stub("5.4-required")
def required_shipped():
    def upgrade(op) -> None: ...

    def downgrade(op) -> None: ...

    return upgrade, downgrade


@wrong("5.4-required", says="`upgrade(op)` raised `OperationalError")
def required_at_once():
    def upgrade(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.add_column(sa.Column("depot", sa.String(), nullable=False))

    return upgrade, downgrade


@wrong("5.4-required", says="`depot` may still be null")
def required_not_yet():
    return steps(FILL, UNKNOWN, nullable=True), downgrade


@wrong("5.4-required", says="the shelf 'Oslo-12' is in the depot 'Oslo', and your migration says 'unknown'")
def required_by_a_default():
    def upgrade(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.add_column(sa.Column("depot", sa.String(), nullable=False, server_default="unknown"))

    return upgrade, downgrade


@wrong("5.4-required", says="the shelf 'Oslo-12' is in the depot 'Oslo', and your migration says 'Oslo-12'")
def required_the_whole_shelf():
    return steps("UPDATE parcel SET depot = coalesce(shelf, 'unknown')"), downgrade


@wrong("5.4-required", says="the parcel without a shelf is in the depot ''")
def required_empty_for_nothing():
    return steps(FILL, "UPDATE parcel SET depot = '' WHERE shelf IS NULL"), downgrade


@wrong("5.4-required", says="the shelf 'Mo-i-Rana' is in the depot 'Mo'")
def required_four_letters():
    return steps("UPDATE parcel SET depot = substr(shelf, 1, 4) WHERE shelf IS NOT NULL", UNKNOWN), downgrade


@wrong("5.4-required", says="what stood in the other columns is not there any more")
def required_with_a_new_table():
    def upgrade(op) -> None:
        op.execute("DELETE FROM parcel WHERE shelf IS NULL")
        steps(FILL)(op)

    return upgrade, downgrade


@wrong("5.4-required", says="after `downgrade(op)` the column `depot` is still there")
def required_without_a_way_back():
    def forget(op) -> None:
        op.execute("UPDATE parcel SET depot = ''")

    return steps(FILL, UNKNOWN), forget


@wrong("5.4-required", says="the way back lost rows")
def required_with_a_costly_way_back():
    def drop(op) -> None:
        op.execute("DELETE FROM parcel WHERE depot = 'unknown'")
        downgrade(op)

    return steps(FILL, UNKNOWN), drop


@right("5.4-required")
def required_by_python():
    def upgrade(op) -> None:
        op.add_column("parcel", sa.Column("depot", sa.String(), nullable=True))
        connection = op.get_bind()
        for id, shelf in connection.execute(sa.text("SELECT id, shelf FROM parcel")).all():
            depot = shelf.split("-")[0] if shelf else "unknown"
            connection.execute(sa.text("UPDATE parcel SET depot = :depot WHERE id = :id"), {"depot": depot, "id": id})
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("depot", existing_type=sa.String(), nullable=False)

    return upgrade, downgrade


@right("5.4-required")
def required_with_a_default_first():
    def upgrade(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.add_column(sa.Column("depot", sa.String(), nullable=False, server_default="unknown"))
        op.execute(FILL)

    return upgrade, lambda op: op.drop_column("parcel", "depot")


@right("5.4-required")
def required_by_a_table():
    table = sa.table("parcel", sa.column("depot"), sa.column("shelf"))

    def upgrade(op) -> None:
        op.add_column("parcel", sa.Column("depot", sa.String(), nullable=True))
        cut = sa.func.substr(table.c.shelf, 1, sa.func.instr(table.c.shelf, "-") - 1)
        op.execute(table.update().values(depot=sa.func.coalesce(cut, "unknown")))
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("depot", existing_type=sa.String(), nullable=False)

    return upgrade, downgrade
