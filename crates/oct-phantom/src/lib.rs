//! A synthetic eye: OCT volumes with exact truth for the three retinal fluids.
//!
//! No open data tells intraretinal fluid, subretinal fluid and pigment
//! epithelial detachment apart, so the network learns the three from here. An
//! [`Eye`] is one three-dimensional retina in millimetres, drawn from a seed:
//! layer surfaces over (x, y), lesions that push them apart, vessels as curves.
//! A B-scan is a slice of it: [`Eye::bscan`] costs the same for any B-scan, and
//! a B-scan alone equals that B-scan of [`Eye::volume`].
//!
//! A slice is made in two halves. *Geometry* says which region every pixel
//! centre lies in; labels are read off there and nowhere else. *Acquisition*
//! then forms the image: reflectivity to intensity, point spread, speckle as a
//! Gamma variate of so many looks, noise floor, log compression, the vendor's
//! grey curve. So the truth is exact however poor the image is.
//!
//! Each look (contrast, noise, blur, layer grey levels, fluid grey levels) is
//! drawn from ranges around those measured on real B-scans and then widened:
//! the network shall not learn our taste.
//!
//! What counts as PED: a lifted RPE whose lesion's nominal peak is at least
//! [`PED_MIN_HEIGHT_MM`]. Drusen stay below [`DRUSEN_MAX_HEIGHT_MM`] and carry no label; those of
//! [`Finding::Drusen`] may be higher, in eyes without PED.
//!
//! | module | what it holds |
//! |---|---|
//! | [`anatomy`] | surfaces of the layers over (x, y) |
//! | [`reflectivity`] | how bright each layer is |
//! | [`fluid`] | IRF, SRF and PED, and what decides where they lie |
//! | [`findings`] | what an eye or its picture shows besides, where it is asked for |
//! | [`deposits`] | drusen, foci, exudates, atrophy: confounders without a label |
//! | [`vessels`] | retinal vessels and their shadows |
//! | [`acquisition`] | vendor styles, speckle, grey curve |
//! | [`eye`] | the eye, its B-scans and its volume |
//! | [`painting`] | fluid painted into a real, fluid-free B-scan |
//! | [`random`] | the pinned generator and smooth noise fields |

pub mod acquisition;
pub mod anatomy;
pub mod deposits;
pub mod eye;
pub mod findings;
pub mod fluid;
pub mod painting;
pub mod random;
pub mod reflectivity;
pub mod vessels;

pub use acquisition::VendorStyle;
pub use anatomy::Anatomy;
pub use deposits::DRUSEN_MAX_HEIGHT_MM;
pub use eye::{Eye, EyeConfig, PhantomBScan};
pub use findings::{Finding, Findings};
pub use fluid::{FluidMix, PED_MIN_HEIGHT_MM};
