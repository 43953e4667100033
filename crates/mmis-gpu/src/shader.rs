//! The shaders with what each variant of them is made for.

use crate::template::{Values, expand};

/// Workgroup memory that every WebGPU device has.
const MEMORY: u32 = 16_384;

/// What a 3x3 convolution reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    /// Pixels of one channel.
    Image,
    /// Sums that are yet to be normalised and activated.
    Sums,
    /// As [`Self::Sums`], fused with semantics.
    Fused,
}

/// A 3x3 convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Convolution {
    pub(crate) input: Input,
    /// Groups of four channels.
    pub(crate) groups_in: u32,
    pub(crate) groups_out: u32,
    /// Every other row and column.
    pub(crate) halving: bool,
}

impl Convolution {
    /// Strips of eight rows of a workgroup: where channels are few it takes more pixels.
    fn strips(self) -> u32 {
        match self.groups_out {
            // Every other row of four strips is more than workgroup memory holds.
            _ if self.halving => 1,
            0..=2 => 4,
            3..=4 => 2,
            _ => 1,
        }
    }

    fn stride(self) -> u32 {
        1 + u32::from(self.halving)
    }

    /// Channels that a group in really has.
    pub(crate) fn channels(self) -> u32 {
        if self.input == Input::Image { 1 } else { 4 }
    }

    /// Rows and columns of a workgroup.
    pub(crate) fn tile(self) -> [u32; 2] {
        [8 * self.strips(), 16]
    }

    /// Groups out of a workgroup.
    pub(crate) fn groups(self) -> u32 {
        8 / self.strips()
    }

    /// Workgroups that share pixels.
    pub(crate) fn parts(self) -> u32 {
        self.groups_out.div_ceil(self.groups())
    }

    /// Groups in that pass through workgroup memory at a time.
    fn slab(self) -> u32 {
        let [high, wide] = self.read();
        let pixels = 2 * high * wide;
        let kernels = 2 * 9 * self.channels() * self.groups();
        if self.groups_in.is_multiple_of(2) && 16 * (pixels + kernels) <= MEMORY { 2 } else { 1 }
    }

    /// Rows and columns that a workgroup reads; columns by parity.
    fn read(self) -> [u32; 2] {
        let around = 3 - self.stride();
        self.tile().map(|length| length * self.stride() + around)
    }

    /// What the shader takes as it runs, so that layers of many widths share one: groups in and
    /// out, turns of groups in, workgroups that share pixels.
    pub(crate) fn uniform(self) -> [u32; 4] {
        [self.groups_in, self.groups_out, self.groups_in / self.slab(), self.parts()]
    }

    fn values(self) -> Values {
        let [high, wide] = self.read();
        let slab = self.slab();
        Values::from([
            ("image", u32::from(self.input == Input::Image)),
            ("fused", u32::from(self.input == Input::Fused)),
            ("halving", u32::from(self.halving)),
            ("stride", self.stride()),
            ("channels", self.channels()),
            ("strips", self.strips()),
            ("sides", 4 / self.strips()),
            ("rows", self.tile()[0]),
            ("high", high),
            ("wide", wide),
            ("slab", slab),
            // Statistics are summed where pixels lay.
            ("room", (slab * high * wide).max(256)),
        ])
    }
}

/// 1x1 convolutions of one map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pointwise {
    pub(crate) groups_in: u32,
    /// Groups out with a bias.
    pub(crate) biased: u32,
    /// Groups out with a norm behind them.
    pub(crate) normed: u32,
    /// Probabilities of as many labels instead of features.
    pub(crate) labels: u32,
    /// Pixels of an invocation.
    pub(crate) each: u32,
}

impl Pointwise {
    /// Groups out of an invocation.
    pub(crate) fn most(self) -> u32 {
        let groups = self.biased + self.normed;
        groups.div_ceil(groups.div_ceil(4))
    }

    /// Invocations that share pixels.
    pub(crate) fn parts(self) -> u32 {
        (self.biased + self.normed).div_ceil(self.most())
    }

    /// Pixels of a workgroup.
    pub(crate) fn tile(self) -> u32 {
        64 * self.each
    }

    /// What the shader takes as it runs.
    pub(crate) fn uniform(self) -> [u32; 4] {
        [self.groups_in, self.biased, self.normed, self.labels]
    }

    fn values(self) -> Values {
        Values::from([
            ("biased", u32::from(self.biased > 0)),
            ("normed", u32::from(self.normed > 0)),
            ("labels", u32::from(self.labels > 0)),
            ("each", self.each),
            ("most", self.most()),
        ])
    }
}

/// Similarity by pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Gate {
    pub(crate) groups_in: u32,
    /// Channels of the embedding.
    pub(crate) embedded: u32,
}

impl Gate {
    /// Groups of the embedding.
    pub(crate) fn groups(self) -> u32 {
        self.embedded.div_ceil(4)
    }

    /// Invocations of a workgroup: as many as have room in workgroup memory.
    pub(crate) fn threads(self) -> u32 {
        [64, 32, 16].into_iter().find(|threads| 16 * threads * self.groups() <= MEMORY).unwrap_or(8)
    }

    fn values(self) -> Values {
        Values::from([
            ("groups_in", self.groups_in),
            ("groups", self.groups()),
            ("embedded", self.embedded),
            ("threads", self.threads()),
        ])
    }
}

/// A shader, and what it is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shader {
    Convolution(Convolution),
    Pointwise(Pointwise),
    Gate(Gate),
    Finish,
}

impl Shader {
    /// Its text in WGSL.
    pub(crate) fn source(self) -> String {
        let (template, values) = self.variant();
        expand(template, &values)
    }

    /// The template and what it is written out with. Shaders of one variant are one: to compile
    /// them costs more than to run them, on some devices by far.
    pub(crate) fn variant(self) -> (&'static str, Values) {
        match self {
            Self::Convolution(of) => (include_str!("shaders/convolution.wgsl"), of.values()),
            Self::Pointwise(of) => (include_str!("shaders/pointwise.wgsl"), of.values()),
            Self::Gate(of) => (include_str!("shaders/gate.wgsl"), of.values()),
            Self::Finish => (include_str!("shaders/finish.wgsl"), Values::new()),
        }
    }
}
