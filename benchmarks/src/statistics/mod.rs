//! What samples tell.

mod ratio;
mod spread;
mod summary;

pub use ratio::Ratio;
pub use spread::Spread;
pub use summary::Summary;
