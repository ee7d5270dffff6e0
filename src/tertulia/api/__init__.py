"""The API as data: one table of operations, one of actions and events, one of errors. Routes, documents, reference
and tests come from them."""
