//! The one reset engine: phases, inputs, effects as data, prompts, refusals. Pure but for
//! [`driver`], which runs the effects and feeds the answers back.

pub mod callback;
pub mod desk;
pub mod driver;
pub mod effect;
pub mod finding;
pub mod grant;
pub mod measured;
pub mod message;
pub mod ports;
pub mod prompt;
pub mod reset;
pub mod vouched;
