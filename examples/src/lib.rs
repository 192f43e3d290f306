//! One question an example: see `examples/`, and run one with `cargo run -p examples --example NAME`.

pub mod table;
