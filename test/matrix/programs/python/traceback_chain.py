"""An exception that nobody catches, with its cause."""


class ConfigError(Exception):
    pass


def parse(text):
    return {key: int(value) for key, value in (part.split("=") for part in text.split(","))}


def load(text):
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigError(f"bad configuration {text!r}") from error


print(load("a=1,b=2"))
load("a=1,b=x")
print("never")
