"""Validation of external input: bounds of dates, IDs, text and nesting, for URLs, forms, filters and REST."""

#: Parsers of REST request bodies, as dotted names: settings must not import the framework.
PARSERS = [f"console.inputs.api.Plain{form}Parser" for form in ("JSON", "Form", "MultiPart")]
