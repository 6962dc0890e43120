"""The policy compiler: a grant's terms become the one projection through which its data leave. Nothing else gives out data.

Used by the gateway for every segment and sample, and by the provider's node to reconcile through the grant's eyes. An
element the terms do not name is dropped, whatever a batch carries.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol import columns
from gongxiang.protocol.batches import (
    DELETE,
    KNOWN_OLD,
    OLD,
    OP,
    TRUNCATE,
    UPSERT,
    batch_schema,
    decode_batch,
    empty_batch,
    encode_batch,
)
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.errors import FilterNotCovered, SegmentOfOtherSchema, TermsNotCompilable
from gongxiang.protocol.masking import apply_mask, element_secret, masked_spec, pseudonyms
from gongxiang.protocol.segments import digest
from gongxiang.protocol.terms import NO_VALUE, ORDER, UNORDERED, Comparison, Condition, DataType, ElementSpec, Mask, Terms
from gongxiang.protocol.types import arrow_type, texts, value_of

#: Column that stands for the masked or withheld part of a row's key.
GX_KEY = "gx_key"

_COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQ: pc.equal,
    Comparison.NE: pc.not_equal,
    Comparison.LT: pc.less,
    Comparison.LE: pc.less_equal,
    Comparison.GT: pc.greater,
    Comparison.GE: pc.greater_equal,
}
_DELETE = pa.scalar(DELETE, pa.int8())


def projection_fingerprint(terms: Terms) -> str:
    """A name for what the terms let through; two revisions with one fingerprint differ in dates or purposes only."""
    return digest(
        canonical(
            {
                "elements": terms.elements,
                "masks": terms.masks,
                "conditions": terms.conditions,
                "key_version": terms.key_version,
            }
        )
    )


def needs_new_load(old: Terms, new: Terms) -> bool:
    """Whether the new revision needs a load epoch of its own; the provider's node and the gateway both ask this."""
    return projection_fingerprint(old) != projection_fingerprint(new)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Compiled terms: frozen, free of state, safe in any thread."""

    terms: Terms
    #: The resource's elements the terms were compiled for.
    elements: tuple[ElementSpec, ...]
    #: What the consumer sees, keys first only if they were first; `gx_key` last.
    schema: tuple[ElementSpec, ...]
    #: Codes whose old values changes must carry.
    filter_elements: tuple[str, ...]
    arrow_schema: Any = field(repr=False)
    _tests: tuple[tuple[str, Callable[[Any], Any]], ...] = field(repr=False)
    _columns: tuple[tuple[ElementSpec, Mask | None, bytes], ...] = field(repr=False)
    _hidden_key: tuple[ElementSpec, ...] = field(repr=False)
    _hidden_secret: bytes = field(repr=False)

    def project_load(self, batch: Any) -> Any:
        """The rows of a load (complete rows, `_op` not needed) that the consumer may have, as upserts."""
        batch = self.kept(batch)
        operation = pa.repeat(pa.scalar(UPSERT, pa.int8()), batch.num_rows)
        return self._output(batch, operation, None)

    def kept(self, batch: Any) -> Any:
        """The rows of a load that pass the filter, unmasked and in the order of `project_load`: for the provider's own eyes."""
        return batch.filter(self._satisfied(batch, "")) if self._tests else batch

    def project_load_body(self, body: bytes) -> tuple[bytes, int]:
        """As `project_load`, from body to body, and how many rows it has.

        If every row of it passes, columns that are neither masked nor tested keep their compressed bytes.
        """
        packed = columns.unpack(body)
        if packed is not None and packed.rows:
            changed = {spec.code for spec, mask, _ in self._columns if mask is not None}
            needed = {*changed, *(spec.code for spec in self._hidden_key), *(code for code, _ in self._tests)}
            self._check_types(packed.schema)
            some = columns.decode_columns(body, [OP, *needed], packed.schema)
            if not self._tests or pc.all(self._satisfied(some, "")).as_py():
                return self._passed(packed, some, changed), packed.rows
        batch = self.project_load(decode_batch(body))
        return encode_batch(batch), batch.num_rows

    def _passed(self, packed: columns.Packed, some: Any, changed: set[str]) -> bytes:
        """The body of all rows: what changes is made anew, the rest is taken over."""
        arrays, names = [pa.repeat(pa.scalar(UPSERT, pa.int8()), packed.rows)], [OP]
        for spec, mask, secret in self._columns:
            if mask is not None:
                arrays.append(apply_mask(self._column(some, spec.code, arrow_type(spec)), spec, mask, secret))
                names.append(spec.code)
        if self._hidden_key:
            arrays.append(self._gx_key(some))
            names.append(GX_KEY)
        fresh = columns.compressed(pa.RecordBatch.from_arrays(arrays, names=names))
        kept = {spec.code: packed.columns[spec.code] for spec, _, _ in self._columns if spec.code not in changed}
        return columns.pack(self.arrow_schema, packed.rows, {**kept, **fresh.columns})

    def _check_types(self, schema: Any) -> None:
        for spec, _, _ in self._columns:
            _index(schema, spec.code, arrow_type(spec))

    def project_changes(self, batch: Any) -> Any:
        """The changes the consumer may see, in order.

        A row that leaves the filter becomes a delete, one that enters an upsert, a change outside vanishes; a delete passes
        only if the row was inside before; a truncation always passes. Deletes carry the key and nothing else.
        """
        operation = self._column(batch, OP, pa.int8())
        highest = _highest(operation)
        if self._tests and batch.num_rows:
            if batch.schema.get_field_index(KNOWN_OLD) < 0:
                raise FilterNotCovered
            was_inside = pc.and_(batch.column(KNOWN_OLD), self._satisfied(batch, OLD))
            stays = self._satisfied(batch, "")
            if highest > UPSERT:
                stays = pc.and_(stays, pc.equal(operation, UPSERT))
            leaves = pc.and_not(was_inside, stays)
            passes = pc.or_(stays, leaves)
            if highest == TRUNCATE:
                truncate = pc.equal(operation, TRUNCATE)
                leaves, passes = pc.and_not(leaves, truncate), pc.or_(passes, truncate)
            operation = pc.if_else(leaves, _DELETE, operation).filter(passes)
            batch, highest = batch.filter(passes), _highest(operation)
        return self._output(batch, operation, pc.equal(operation, UPSERT) if highest > UPSERT else None)

    def empty(self) -> Any:
        """A batch of no rows with the consumer's schema."""
        return empty_batch(self.arrow_schema)

    def _output(self, batch: Any, operation: Any, upsert: Any | None) -> Any:
        arrays = [operation]
        for spec, mask, secret in self._columns:
            array = self._column(batch, spec.code, arrow_type(spec))
            if mask is not None:
                array = apply_mask(array, spec, mask, secret)
            if upsert is not None and not (spec.key and mask is None):
                array = pc.if_else(upsert, array, pa.scalar(None, array.type))
            arrays.append(array)
        if self._hidden_key:
            arrays.append(self._gx_key(batch))
        return pa.RecordBatch.from_arrays(arrays, schema=self.arrow_schema)

    def _gx_key(self, batch: Any) -> Any:
        parts = [texts(self._column(batch, spec.code, arrow_type(spec)), spec) for spec in self._hidden_key]
        if len(parts) == 1:
            return pseudonyms(parts[0], self._hidden_secret)
        # Each part with its length, so that ("ab", "c") and ("a", "bc") stay two keys.
        pieces = [piece for part in parts for piece in (pc.binary_length(part).cast(pa.string()), part)]
        return pseudonyms(pc.binary_join_element_wise(*pieces, ":"), self._hidden_secret)

    def _satisfied(self, batch: Any, prefix: str) -> Any:
        """One boolean per row, never NULL: whether all conditions hold for the new (`""`) or old (`_old_`) values."""
        by_code = {spec.code: spec for spec in self.elements}
        verdict = None
        for code, test in self._tests:
            if prefix and batch.schema.get_field_index(prefix + code) < 0:
                raise FilterNotCovered
            holds = pc.fill_null(test(self._column(batch, prefix + code, arrow_type(by_code[code]))), False)
            verdict = holds if verdict is None else pc.and_(verdict, holds)
        return verdict

    def _column(self, batch: Any, name: str, expected: Any) -> Any:
        return batch.column(_index(batch.schema, name, expected))


def compile_terms(
    terms: Terms, elements: tuple[ElementSpec, ...], secret: bytes | Mapping[str, bytes], *, keyless: bool = False
) -> Policy:
    """The policy of `terms` over a resource's elements; raises TermsNotCompilable.

    `secret` is the consumer's base secret (gateway) or the elements' own secrets by code (provider's node). A row's
    identity at the consumer is the granted, unmasked part of its key and, for the rest of it, `gx_key`. A row filter may
    use any element of the resource: it is the provider's, and only its outcome is seen. Only a file may be `keyless`: its
    rows are never followed.
    """
    by_code = {spec.code: spec for spec in elements}
    _check_names(terms, by_code, keyless=keyless)
    secret_of: Callable[[str], bytes] = (
        functools.partial(element_secret, secret) if isinstance(secret, bytes) else secret.__getitem__
    )
    chosen: list[tuple[ElementSpec, Mask | None, bytes]] = []
    seen: list[ElementSpec] = []
    for spec in elements:
        if spec.code in terms.elements:
            mask = terms.masks.get(spec.code)
            seen.append(masked_spec(spec, mask))
            chosen.append((spec, mask, _secret(secret_of, spec.code) if mask is not None else b""))
    hidden = tuple(spec for spec in elements if spec.key and (spec.code not in terms.elements or spec.code in terms.masks))
    hidden_secret = b""
    if hidden:
        hidden_secret = _secret(secret_of, ":".join(spec.code for spec in hidden))
        seen.append(ElementSpec(code=GX_KEY, type=DataType.TEXT, key=True, nullable=False))
    return Policy(
        terms=terms,
        elements=elements,
        schema=tuple(seen),
        filter_elements=tuple(sorted({condition.element for condition in terms.conditions})),
        arrow_schema=batch_schema(seen),
        _tests=tuple((condition.element, _test(condition, by_code[condition.element])) for condition in terms.conditions),
        _columns=tuple(chosen),
        _hidden_key=hidden,
        _hidden_secret=hidden_secret,
    )


def _index(schema: Any, name: str, expected: Any) -> int:
    """Which column carries `name` as the type it is expected to have; raises SegmentOfOtherSchema."""
    index: int = schema.get_field_index(name)
    if index < 0:
        raise SegmentOfOtherSchema("The segment does not carry {name}.", name=name)
    found = schema.field(index).type
    if found != expected:
        raise SegmentOfOtherSchema(
            "The segment carries {name} as {type} instead of {wanted}.", name=name, type=found, wanted=expected
        )
    return index


def _highest(operation: Any) -> int:
    """The highest operation in the column, UPSERT for none; raises SegmentOfOtherSchema unless all are known."""
    bounds = pc.min_max(operation)
    lowest, highest = bounds["min"].as_py(), bounds["max"].as_py()
    if operation.null_count or (lowest is not None and not UPSERT <= lowest <= highest <= TRUNCATE):
        raise SegmentOfOtherSchema("The segment carries an operation that is not known.")
    return UPSERT if highest is None else int(highest)


def secret_names(terms: Terms, elements: tuple[ElementSpec, ...]) -> tuple[str, ...]:
    """The names under which the elements' secrets are needed to compile these terms without the base secret."""
    hidden = [spec.code for spec in elements if spec.key and (spec.code not in terms.elements or spec.code in terms.masks)]
    return tuple(sorted({*(code for code in terms.masks if code in terms.elements), *([":".join(hidden)] if hidden else [])}))


def _secret(secret_of: Callable[[str], bytes], name: str) -> bytes:
    try:
        return secret_of(name)
    except KeyError as error:
        raise TermsNotCompilable("The secret of {name} is missing.", name=name) from error


def _check_names(terms: Terms, by_code: Mapping[str, ElementSpec], *, keyless: bool) -> None:
    named = [*terms.elements, *(condition.element for condition in terms.conditions)]
    missing = sorted({code for code in named if code not in by_code})
    if missing:
        raise TermsNotCompilable("The resource has no element {names}.", names=", ".join(missing), elements=missing)
    if GX_KEY in by_code:
        raise TermsNotCompilable("An element may not be called {element}.", element=GX_KEY)
    if not terms.elements:
        raise TermsNotCompilable("The terms name no element.")
    if not keyless and not any(spec.key for spec in by_code.values()):
        raise TermsNotCompilable("The resource has no key element, so its rows cannot be told apart.")


def _test(condition: Condition, spec: ElementSpec) -> Callable[[Any], Any]:
    """The function that tests an array of this element; NULL satisfies no comparison."""
    operator, count = condition.operator, len(condition.values)
    fitting = count == 0 if operator in NO_VALUE else count >= 1 if operator is Comparison.IN else count == 1
    if not fitting:
        raise TermsNotCompilable(
            "The condition {operator} on {element} has {count} values.", operator=operator, element=spec.code, count=count
        )
    if operator is Comparison.STARTS_WITH and spec.type is not DataType.TEXT:
        raise TermsNotCompilable(
            "The condition {operator} needs a text element, {element} is {type}.",
            operator=operator,
            element=spec.code,
            type=spec.type,
        )
    if operator in ORDER and spec.type in UNORDERED:
        raise TermsNotCompilable(
            "The element {element} of type {type} has no order to compare by.", element=spec.code, type=spec.type
        )
    if spec.type is DataType.JSON and operator not in NO_VALUE:
        raise TermsNotCompilable("The element {element} is JSON: only is_null and not_null can be tested.", element=spec.code)
    try:
        values = [value_of(text, spec) for text in condition.values]
    except ValueError as error:
        raise TermsNotCompilable("The condition on {element} cannot be read: {said}", element=spec.code, said=error) from error
    if operator is Comparison.IS_NULL:
        return pc.is_null  # type: ignore[no-any-return]
    if operator is Comparison.NOT_NULL:
        return pc.is_valid  # type: ignore[no-any-return]
    if operator is Comparison.IN:
        return functools.partial(pc.is_in, value_set=pa.array(values, arrow_type(spec)))
    if operator is Comparison.STARTS_WITH:
        return functools.partial(pc.starts_with, pattern=values[0])
    compare, value = _COMPARE[operator], pa.scalar(values[0], arrow_type(spec))
    return lambda array: compare(array, value)
