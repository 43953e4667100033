//! What names and descriptions say of a scan: which eye, which day, which part of the
//! body, and whether it is structure at all. Devices and programs write eyes, flow and maps
//! in the layout of the scan itself, so that often nothing but words tells them apart.
//!
//! | module | what it holds |
//! |---|---|
//! | [`words`] | the words of a name |
//! | [`eye`] | which eye |
//! | [`day`] | which day |
//! | [`meaning`] | flow, maps, photographs, the front of the eye |
//! | [`part`] | which part of the body |

mod day;
mod eye;
mod meaning;
mod part;
mod words;

pub(crate) use day::{day, stated_day};
pub(crate) use eye::{Eye, eye, eye_in_path};
pub(crate) use meaning::Meaning;
pub(crate) use part::{is_front_of_eye, is_no_retina};
