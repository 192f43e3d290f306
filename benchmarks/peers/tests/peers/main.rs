//! Each file asks the libraries the same question; their answers are the README's table.

mod aliases;
mod keys;
mod overtaken;
mod receivers;
mod stampede;
mod support;
