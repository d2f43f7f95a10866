//! Journeys in a real browser. Nothing to run; see `tests/`.
