"""What learners pass to 1.4-entrypoint."""

from tests.chapters.answers import right, stub, wrong


@stub("1.4-entrypoint")
def entrypoint_shipped():
    return ...


@wrong("1.4-entrypoint", says="A module is named as in an `import`")
def entrypoint_by_its_path():
    return '[tool.fastapi]\nentrypoint = "depot/web.py:service"\n'


@wrong("1.4-entrypoint", says="a colon and the name of the variable are missing")
def entrypoint_without_the_variable():
    return '[tool.fastapi]\nentrypoint = "depot.web"\n'


@wrong("1.4-entrypoint", says="behind the colon stands the variable's name")
def entrypoint_by_another_name():
    return '[tool.fastapi]\nentrypoint = "depot.web:app"\n'


@wrong("1.4-entrypoint", says="the table is `[tool.fastapi]`")
def entrypoint_in_a_table_of_its_own():
    return '[fastapi]\nentrypoint = "depot.web:service"\n'


@wrong("1.4-entrypoint", says="the key is `entrypoint`, and yours has `app`")
def entrypoint_under_another_key():
    return '[tool.fastapi]\napp = "depot.web:service"\n'


@wrong("1.4-entrypoint", says="this is no TOML")
def entrypoint_without_quotes():
    return "[tool.fastapi]\nentrypoint = depot.web:service\n"


@wrong("1.4-entrypoint", says="because the entrypoint names it")
def entrypoint_to_the_old_app():
    return '[tool.fastapi]\nentrypoint = "main:app"\n'


@wrong("1.4-entrypoint", says="a file called main.py is taken")
def entrypoint_left_out():
    return '[project]\nname = "parcels"\nversion = "1.0"\n'


@right("1.4-entrypoint")
def entrypoint_alone():
    return '[tool.fastapi]\nentrypoint = "depot.web:service"\n'


@right("1.4-entrypoint")
def entrypoint_with_dots():
    return "tool.fastapi.entrypoint = 'depot.web:service'\n"


@right("1.4-entrypoint")
def entrypoint_in_a_line():
    return '[project]\nname = "depot"\nversion = "1"\ndependencies = ["fastapi"]\n\n[tool]\nfastapi = { entrypoint = "depot.web:service" }\n'


@wrong("1.4-entrypoint", says="`depot` is only the folder")
def entrypoint_to_the_folder():
    return '[tool.fastapi]\nentrypoint = "depot:service"\n'


@wrong("1.4-entrypoint", says="because the entrypoint is empty")
def entrypoint_empty():
    return '[tool.fastapi]\nentrypoint = ""\n'
