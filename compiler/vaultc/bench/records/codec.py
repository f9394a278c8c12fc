"""Frozen dataclasses to and from plain JSON values, checked against their annotations."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class DecodeError(ValueError):
    """A JSON value that does not fit the record; its text names the field."""


def encode(value: object) -> Any:
    """Plain JSON for a record. Fields that hold their default are left out, so lines stay short and old readers work."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: encode(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) != _default(field)
        }
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], value: object, where: str = "record") -> T:
    """A ``kind`` from plain JSON; fields it does not know are ignored. Raises ``DecodeError`` where a value does not fit."""
    return cast(T, _decode(kind, value, where))


def _decode(kind: Any, value: Any, where: str) -> Any:
    if kind is Any or kind is object:
        return value
    if is_dataclass(kind) and isinstance(kind, type):
        return _decode_record(kind, value, where)
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        if value not in args:
            raise DecodeError(f"{where} is {value!r}, not one of {', '.join(map(str, args))}")
        return value
    if origin in (Union, types.UnionType):
        return _decode_union(args, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise DecodeError(f"{where} is not a list")
        return tuple(_decode(args[0], item, where) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise DecodeError(f"{where} is not a table")
        return {str(key): _decode(args[1], item, f"{where}.{key}") for key, item in value.items()}
    return _decode_scalar(kind, value, where)


def _decode_record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise DecodeError(f"{where} is not a table")
    hints = _hints(kind)
    found = {}
    for field in fields(kind):
        if field.name in value:
            found[field.name] = _decode(hints[field.name], value[field.name], f"{where}.{field.name}")
        elif _default(field) is MISSING:
            raise DecodeError(f"{where} has no {field.name}")
    return kind(**found)


def _decode_union(options: tuple[Any, ...], value: Any, where: str) -> Any:
    for option in options:
        if option is type(None):
            if value is None:
                return None
            continue
        try:
            return _decode(option, value, where)
        except DecodeError:
            continue
    raise DecodeError(f"{where} does not fit")


def _decode_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise DecodeError(f"{where} is not a {kind.__name__}")


def _default(field: Any) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
