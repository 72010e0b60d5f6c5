"""Faults in SQLAlchemy's pool, session, loading and statements, in SQLModel and in Alembic."""

from tests.notebooks.faults.fault import Fault


def pool(name: str, value: str) -> str:
    """A pool one of whose options has another value."""
    return f"""
from sqlalchemy.pool import QueuePool
theirs = QueuePool.__init__
def init(self, creator, pool_size=5, max_overflow=10, timeout=30.0, use_lifo=False, pre_ping=False, **options):
    {name} = {value}
    theirs(self, creator, pool_size, max_overflow, timeout, use_lifo, pre_ping=pre_ping, **options)
QueuePool.__init__ = init
"""


def session(*lines: str) -> str:
    """Another session; `init` is the real way to make one."""
    return "\n".join(["from sqlalchemy.orm import Session", "init = Session.__init__", *lines])


FAULTS = [
    # The pool
    Fault(
        "a pool gives as many connections as are asked for",
        pool("max_overflow", "-1"),
        {5: "pool-runs-dry crowd-measured"},
    ),
    Fault(
        "a pool holds one connection more",
        pool("max_overflow", "max_overflow + 1"),
        {5: "pool-runs-dry async-measured"},
    ),
    Fault("a connection is asked before it is given, by default", pool("pre_ping", "True"), {5: "lifespan-measured"}),
    Fault("pool_pre_ping is ignored", pool("pre_ping", "False"), {5: "lifespan-measured"}),
    Fault(
        "a connection that comes back stays out",
        """
from sqlalchemy.pool import QueuePool
QueuePool._do_return_conn = lambda self, record: None
""",
        {5: "pool-runs-dry session-borrows mends-timed"},
    ),
    Fault(
        "an engine that is disposed in a child goes on with its parent's connections",
        """
from sqlalchemy import Engine
Engine.dispose = lambda self, close=True: None
""",
        {5: "fork-measured"},
        where="children",
    ),
    Fault(
        "each thread has its own database in memory, with StaticPool too",
        """
import sqlalchemy
from sqlalchemy import pool
sqlalchemy.StaticPool = pool.StaticPool = sqlalchemy.NullPool
""",
        {6: "client-store-tests"},
        where="children",
    ),
    # Sessions
    Fault(
        "a session takes its connection when it is opened",
        session(
            "enter = Session.__enter__",
            "def open(self):",
            "    self.connection()",
            "    return enter(self)",
            "Session.__enter__ = open",
        ),
        {5: "session-borrows"},
        quick=5,
    ),
    Fault(
        "a commit keeps the connection",
        session(
            "commit = Session.commit",
            "def keep(self):",
            "    commit(self)",
            "    self.connection()",
            "Session.commit = keep",
        ),
        {5: "session-borrows"},
    ),
    Fault(
        "close() gives no connection back",
        session("Session.close = lambda self: self.expunge_all()"),
        {5: "session-borrows mends-timed"},
    ),
    Fault(
        "a commit expires nothing",
        session(
            "def lasting(self, *args, **options):",
            "    init(self, *args, **{**options, 'expire_on_commit': False})",
            "Session.__init__ = lasting",
        ),
        {5: "orm-expired pass-ids async-objects"},
    ),
    Fault(
        "a commit expires, whatever is said",
        session(
            "def expiring(self, *args, **options):",
            "    init(self, *args, **{**options, 'expire_on_commit': True})",
            "Session.__init__ = expiring",
        ),
        {5: "async-objects"},
    ),
    Fault(
        "get() asks again for what is there",
        session(
            "get = Session.get",
            "def again(self, *args, **options):",
            "    return get(self, *args, **{**options, 'populate_existing': True})",
            "Session.get = again",
        ),
        {5: "orm-expired"},
    ),
    Fault(
        "begin_nested() makes no savepoint",
        session("import contextlib", "Session.begin_nested = lambda self: contextlib.nullcontext()"),
        {5: "savepoint"},
    ),
    Fault(
        "a session commits the transaction that it joins",
        session(
            "def joining(self, *args, **options):",
            "    init(self, *args, **{**options, 'join_transaction_mode': 'control_fully'})",
            "Session.__init__ = joining",
        ),
        {6: "client-store-tests"},
        where="children",
    ),
    Fault(
        "commit() commits nothing",
        session("Session.commit = lambda self: (self.flush(), self.expire_all())"),
        {5: "crud-run commit-measured", 9: "crud-once"},
        where="both",
    ),
    # Loading
    Fault(
        "selectinload() loads one by one",
        """
from sqlalchemy import orm
from sqlalchemy.orm.strategy_options import _AbstractLoad
orm.selectinload = lambda *keys, **options: orm.lazyload(*keys)
_AbstractLoad.selectinload = lambda self, attr, **options: self.lazyload(attr)
""",
        {5: "rel-ways rel-task"},
    ),
    Fault(
        "joinedload() asks once more",
        """
from sqlalchemy import orm
orm.joinedload = lambda *keys, **options: orm.selectinload(*keys)
""",
        {5: "rel-ways"},
    ),
    Fault(
        "raiseload() loads",
        """
from sqlalchemy import orm
orm.raiseload = lambda *keys, **options: orm.lazyload(*keys)
""",
        {5: "rel-ways"},
    ),
    Fault(
        "a relationship is loaded with its owner, by default",
        """
from sqlalchemy.orm.relationships import RelationshipProperty
theirs = RelationshipProperty.__init__
def init(self, *args, **options):
    theirs(self, *args, **{**options, "lazy": "selectin"})
    self.strategy_key = (("lazy", "selectin"),)
RelationshipProperty.__init__ = init
""",
        {5: "rel-count rel-ways"},
    ),
    Fault(
        "passive_deletes is ignored",
        """
from sqlmodel import main
theirs = main.RelationshipInfo.__init__
def init(self, **options):
    theirs(self, **{**options, "passive_deletes": False})
main.RelationshipInfo.__init__ = init
""",
        {5: "rel-delete"},
    ),
    Fault(
        "what belongs to a deleted object goes with it, by default",
        """
from sqlmodel import main
theirs = main.RelationshipInfo.__init__
def init(self, **options):
    theirs(self, **{**options, "cascade_delete": not options.get("passive_deletes")})
main.RelationshipInfo.__init__ = init
""",
        {5: "rel-delete"},
    ),
    # Statements
    Fault(
        "with_for_update() locks nothing",
        """
from sqlalchemy import Select
Select.with_for_update = lambda self, **locking: self
""",
        {5: "lock-measured"},
    ),
    Fault(
        "SKIP LOCKED is left out",
        """
from sqlalchemy import Select
theirs = Select.with_for_update
Select.with_for_update = lambda self, *, skip_locked=False, **locking: theirs(self, nowait=skip_locked, **locking)
""",
        {5: "lock-measured"},
    ),
    Fault(
        "isolation_level is ignored",
        """
from sqlalchemy.engine.default import DefaultDialect
DefaultDialect._assert_and_set_isolation_level = lambda self, connection, level: None
""",
        {5: "isolation"},
    ),
    Fault(
        "an outer join leaves out what has no partner",
        """
from sqlalchemy import Select
Select.outerjoin = lambda self, *args, **options: self.join(*args, **options)
""",
        {5: "mapped-measured"},
    ),
    Fault(
        "a recursive query goes one step",
        """
from sqlalchemy.sql.selectable import CTE
CTE.union = CTE.union_all = lambda self, *others: self
""",
        {5: "rel-many-measured"},
    ),
    Fault(
        "ON CONFLICT DO UPDATE does nothing",
        """
from sqlalchemy.dialects.sqlite.dml import Insert
def nothing(self, index_elements=None, index_where=None, **rest):
    return self.on_conflict_do_nothing(index_elements=index_elements, index_where=index_where)
Insert.on_conflict_do_update = nothing
""",
        {5: "crud-upsert"},
    ),
    Fault(
        "many rows take a statement each",
        """
from sqlmodel import Session
theirs = Session.exec
def exec(self, statement, *, params=None, **options):
    for row in params if isinstance(params, list) else [params]:
        result = theirs(self, statement, params=row, **options)
    return result
Session.exec = exec
""",
        {5: "crud-upsert"},
    ),
    Fault(
        "an index holds for all rows, whatever its WHERE says",
        """
from sqlalchemy.sql import schema
theirs = schema.Index.__init__
def init(self, *args, sqlite_where=None, **options):
    theirs(self, *args, **options)
schema.Index.__init__ = init
""",
        {5: "crud-run"},
    ),
    # SQLModel
    Fault(
        "a table's model validates what it is given",
        """
from sqlmodel import SQLModel
theirs = SQLModel.__init__
def init(self, **data):
    if getattr(type(self), "__table__", None) is not None and "weight_kg" in data:
        float(data["weight_kg"])
    theirs(self, **data)
SQLModel.__init__ = init
""",
        {5: "crud-models"},
    ),
    Fault(
        "unique=True makes no constraint",
        """
import sqlmodel
theirs = sqlmodel.Field
sqlmodel.Field = lambda *values, unique=False, **options: theirs(*values, **options)
""",
        {5: "crud-run"},
    ),
    Fault(
        "sqlmodel_update() changes nothing",
        """
from sqlmodel import SQLModel
SQLModel.sqlmodel_update = lambda self, obj, **options: self
""",
        {5: "crud-run"},
    ),
    # Alembic
    Fault(
        "a column that is gone is not noticed",
        """
from alembic.operations import ops
ops.DropColumnOp.from_column_and_tablename = classmethod(lambda cls, *args: ops.ExecuteSQLOp("SELECT 1"))
""",
        {5: "mig-draft"},
        where="children",
    ),
    Fault(
        "batch_alter_table copies no rows",
        """
from sqlalchemy import Insert, false
theirs = Insert.from_select
Insert.from_select = lambda self, names, select: theirs(self, names, select.where(false()))
""",
        {5: "mig-edit mig-expand"},
        where="children",
    ),
    Fault(
        "of two heads upgrade takes both",
        """
from alembic import command
theirs = command.upgrade
def upgrade(config, revision, **options):
    theirs(config, "heads" if revision == "head" else revision, **options)
command.upgrade = upgrade
""",
        {5: "mig-heads"},
        where="children",
    ),
    Fault(
        "a migration notes no version",
        """
from alembic.runtime.migration import HeadMaintainer
HeadMaintainer.update_to_step = lambda self, step: None
""",
        {5: "mig-copy mig-edit"},
        where="children",
    ),
    Fault(
        "stamp runs the migrations",
        """
from alembic import command
command.stamp = lambda config, revision, **options: command.upgrade(config, revision)
""",
        {5: "mig-heads"},
        where="children",
    ),
]
