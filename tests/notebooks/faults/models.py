"""Faults in Pydantic: what it checks, converts, leaves out and writes, and where settings come from."""

from tests.notebooks.faults.fault import Fault


def field(options: str) -> str:
    """A `Field` that is told something else; `options` is what it was told."""
    return f"""
import pydantic
from pydantic import fields
theirs = fields.Field
def field(*values, **options):
    return theirs(*values, **{options})
fields.Field = pydantic.Field = field
"""


def without(name: str) -> str:
    """A `Field` that ignores one of its options."""
    return field(f"{{name: value for name, value in options.items() if name != {name!r}}}")


def config(name: str) -> str:
    """A model's configuration of which one entry is ignored."""
    return f"""
from pydantic._internal._config import ConfigWrapper
theirs = ConfigWrapper.for_model.__func__
def for_model(cls, *args, **options):
    found = theirs(cls, *args, **options)
    found.config_dict.pop({name!r}, None)
    return found
ConfigWrapper.for_model = classmethod(for_model)
"""


FAULTS = [
    # What is refused
    Fault(
        "fields that nobody knows are let in",
        config("extra"),
        {2: "core-validated core-payload-ran", 3: "post-form params-models"},
    ),
    Fault("a text passes for a number in strict mode", without("strict"), {2: "core-dump"}),
    Fault(
        "the upper bound itself is refused",
        field("{'lt' if name == 'le' else name: value for name, value in options.items()}"),
        {1: "gain-field"},
    ),
    Fault("a lower bound is not checked", without("gt"), {2: "core-validated", 3: "body-nested"}),
    Fault("a text need not match its pattern", without("pattern"), {2: "core-order"}),
    Fault(
        "a validator of the whole model does not run",
        """
import pydantic
pydantic.model_validator = lambda **options: (lambda function: function)
""",
        {2: "core-order"},
    ),
    Fault(
        "what an AfterValidator gives is dropped",
        """
import pydantic
from pydantic.functional_validators import AfterValidator as Theirs
def keeping(check):
    def run(value):
        check(value)
        return value
    return Theirs(run)
pydantic.AfterValidator = keeping
""",
        {2: "core-order"},
    ),
    Fault(
        "a union is tried in full, with a discriminator too",
        without("discriminator"),
        {2: "core-unions"},
    ),
    Fault("a model is not made from attributes", config("from_attributes"), {2: "core-dump"}),
    Fault(
        "model_validate reads no attributes",
        """
from pydantic import BaseModel
theirs = BaseModel.model_validate.__func__
def validate(cls, obj, *, from_attributes=None, **options):
    return theirs(cls, obj, **options)
BaseModel.model_validate = classmethod(validate)
""",
        {5: "mapped-measured"},
    ),
    # What is written
    Fault(
        "a secret is shown",
        """
from pydantic import SecretStr
SecretStr._display = lambda self: self.get_secret_value()
""",
        {2: "core-dump"},
    ),
    Fault(
        "a computed field is not written",
        """
import pydantic
pydantic.computed_field = lambda found: found
""",
        {2: "core-dump"},
    ),
    Fault(
        "a serializer of a field is not asked",
        """
import pydantic
pydantic.field_serializer = lambda *names, **options: (lambda function: function)
""",
        {2: "core-dump"},
    ),
    Fault("an alias generator is not asked", config("alias_generator"), {2: "core-dump"}),
    Fault(
        "exclude_none keeps what is None",
        """
from pydantic import BaseModel
theirs = BaseModel.model_dump
def model_dump(self, *, exclude_none=False, **options):
    return theirs(self, **options)
BaseModel.model_dump = model_dump
""",
        {2: "core-dump"},
    ),
    Fault(
        "a deep copy is a shallow one",
        """
from pydantic import BaseModel
BaseModel.model_copy = lambda self, *, update=None, deep=False: self
""",
        {2: "core-payload-ran"},
    ),
    Fault(
        "a description does not reach the schema",
        without("description"),
        {2: "core-validated", 8: "docs-examples"},
    ),
    # Settings
    Fault(
        "a setting's file comes before the environment",
        """
from pydantic_settings import BaseSettings
def sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
    return init_settings, dotenv_settings, env_settings, file_secret_settings
BaseSettings.settings_customise_sources = classmethod(sources)
""",
        {8: "org-own-measured"},
    ),
    Fault(
        "the environment comes before what a setting is given",
        """
from pydantic_settings import BaseSettings
def sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
    return env_settings, init_settings, dotenv_settings, file_secret_settings
BaseSettings.settings_customise_sources = classmethod(sources)
""",
        {8: "org-own-measured"},
    ),
    Fault(
        "settings read no file of secrets",
        """
from pydantic_settings import BaseSettings
def sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
    return init_settings, env_settings, dotenv_settings
BaseSettings.settings_customise_sources = classmethod(sources)
""",
        {7: "dep-secret"},
        where="children",
    ),
]
