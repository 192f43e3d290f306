//! What has to hold with real servers, several processes and a bad network.

mod children;
mod cost;
mod faults;
mod fence;
mod fleet;
mod groups;
mod guard;
mod injection;
mod near;
mod parts;
mod patience;
mod strangers;
mod support;
mod unfenced;
mod world;
