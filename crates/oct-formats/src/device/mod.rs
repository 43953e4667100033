//! Files as OCT devices write them.

pub(crate) mod bioptigen;
mod heidelberg_boundaries;
pub(crate) mod heidelberg_e2e;
pub(crate) mod heidelberg_vol;
pub(crate) mod heidelberg_xml;
pub(crate) mod optovue;
pub(crate) mod topcon;
pub(crate) mod zeiss_img;
