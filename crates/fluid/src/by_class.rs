//! One thing for each fluid class.

use oct::FluidClass;
use serde::{Deserialize, Serialize};

/// One `T` for each fluid class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct ByClass<T> {
    /// Of intraretinal fluid.
    pub irf: T,
    /// Of subretinal fluid.
    pub srf: T,
    /// Of pigment epithelial detachments.
    pub ped: T,
}

impl<T> ByClass<T> {
    /// What `of_class` gives for each class.
    pub fn of(of_class: impl FnMut(FluidClass) -> T) -> Self {
        let [irf, srf, ped] = FluidClass::ALL.map(of_class);
        Self { irf, srf, ped }
    }

    /// That of `class`.
    pub fn get(&self, class: FluidClass) -> &T {
        match class {
            FluidClass::Irf => &self.irf,
            FluidClass::Srf => &self.srf,
            FluidClass::Ped => &self.ped,
        }
    }
}
