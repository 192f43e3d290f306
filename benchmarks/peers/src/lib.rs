//! What the README says of other libraries, as tests: `tests/peers` has a file for each line of its table.
