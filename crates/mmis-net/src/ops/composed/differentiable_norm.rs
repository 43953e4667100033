//! Instance norm and leaky ReLU as one step of the backward pass.
//!
//! Burn's autodiff takes the norm and the activation apart into a dozen
//! operations whose gradients walk some twenty-five times over the feature map,
//! three of them through masks. Written as one operation, the gradient is known
//! in closed form and takes ten walks, or five with LibTorch's own kernels.

#![cfg_attr(
    feature = "training-tch",
    expect(deprecated, reason = "on a CPU nothing that is to replace LibTorch trains nearly as fast")
)]

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, Backend, Dispatch, TensorMetadata, backend_extension, get_or_init_device_settings,
};
use burn::tensor::{Shape, Tensor};

use crate::ops::seam::{EPSILON, NEGATIVE_SLOPE};

/// `scale * (x - mean) / deviation + shift`, with mean and deviation of each
/// channel of each sample, and a leaky ReLU of it where it is `activated`.
///
/// # Shapes
/// - `input` and output: `[batch, channels, rows, columns]`
/// - `scale`, `shift`: `[channels]`
pub(super) fn normalise(input: Tensor<4>, scale: Tensor<1>, shift: Tensor<1>, activated: bool) -> Tensor<4> {
    let [input, scale, shift] = [input.into_dispatch(), scale.into_dispatch(), shift.into_dispatch()];
    Tensor::from_dispatch(Dispatch::normalised(input, scale, shift, activated))
}

/// The operation on whatever backend a tensor is on.
#[backend_extension(
    Flex: cfg(feature = "training-flex"),
    LibTorch: cfg(feature = "training-tch"),
    Cube: cfg(feature = "training-vulkan"),
    Autodiff
)]
pub trait NormBackend: Backend {
    /// See [`normalise`].
    fn normalised(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        activated: bool,
    ) -> FloatTensor<Self>;
}

/// What the forward pass leaves for the backward pass.
#[derive(Debug, Clone)]
pub struct Saved<B: Backend> {
    /// `[batch, channels, rows, columns]`
    input: FloatTensor<B>,
    /// As `input`; its sign tells which side of the leaky ReLU a pixel was on.
    output: FloatTensor<B>,
    /// `[channels]`
    scale: FloatTensor<B>,
    /// `[batch, channels, 1]`
    mean: FloatTensor<B>,
    /// 1 / deviation, `[batch, channels, 1]`
    inverse: FloatTensor<B>,
    activated: bool,
}

/// Both passes of the operation, out of what every backend has.
pub trait NormKernels: Backend {
    /// The output, and what the backward pass needs.
    fn forward(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        activated: bool,
    ) -> Saved<Self> {
        let [batch, channels, pixels] = flattened(&input.shape());
        let a_channel = Shape::new([1, channels, 1]);
        let flat = Self::float_reshape(input.clone(), Shape::new([batch, channels, pixels]));
        let mean = Self::float_mean_dim(flat.clone(), 2);
        let squares = Self::float_mean_dim(Self::float_mul(flat.clone(), flat.clone()), 2);
        // Rounding can take the difference a hair below zero on a constant channel.
        let variance = Self::float_sub(squares, Self::float_mul(mean.clone(), mean.clone()));
        let variance = Self::float_clamp_min(variance, 0f64.into());
        let inverse = Self::float_recip(Self::float_sqrt(Self::float_add_scalar(variance, EPSILON.into())));
        let factor = Self::float_mul(Self::float_reshape(scale.clone(), a_channel.clone()), inverse.clone());
        let offset = Self::float_sub(
            Self::float_reshape(shift, a_channel),
            Self::float_mul(mean.clone(), factor.clone()),
        );
        let mut output = Self::float_add(Self::float_mul(flat, factor), offset);
        if activated {
            output = Self::leaky_relu(output, NEGATIVE_SLOPE.into());
        }
        let output = Self::float_reshape(output, input.shape());
        Saved { input, output, scale, mean, inverse, activated }
    }

    /// Gradients of input, scale and shift from that of the output.
    ///
    /// With x^ = (x - mean) / deviation and d the gradient before the activation:
    /// `dx = scale / deviation * (d - mean(d) - x^ mean(d x^))`, means over the
    /// pixels of a channel of a sample; `dscale = sum(d x^)`, `dshift = sum(d)`
    /// (Ioffe and Szegedy, 2015).
    fn backward(saved: Saved<Self>, gradient: FloatTensor<Self>) -> [FloatTensor<Self>; 3] {
        let shape = saved.input.shape();
        let [batch, channels, pixels] = flattened(&shape);
        let flat = |tensor| Self::float_reshape(tensor, Shape::new([batch, channels, pixels]));
        let input = flat(saved.input);
        let mut gradient = flat(gradient);
        if saved.activated {
            let kind = get_or_init_device_settings::<Self>(&gradient.device()).bool_dtype;
            let below = Self::float_lower_elem(flat(saved.output), 0f64.into(), kind);
            let weakened = Self::float_mul_scalar(gradient.clone(), NEGATIVE_SLOPE.into());
            gradient = Self::float_mask_where(gradient, below, weakened);
        }
        let of_shift = Self::float_mean_dim(gradient.clone(), 2);
        let product = Self::float_mean_dim(Self::float_mul(gradient.clone(), input.clone()), 2);
        let Parts { of_scale, factors } =
            Parts::<Self>::of(saved.scale, saved.mean, saved.inverse, of_shift.clone(), product, channels);
        let [of_gradient, of_input, constant] = factors;
        let spread = Self::float_add(Self::float_mul(input, of_input), constant);
        let of_input = Self::float_add(Self::float_mul(gradient, of_gradient), spread);
        let total = |mean| {
            let sum = Self::float_sum_dim(Self::float_mul_scalar(mean, (pixels as f64).into()), 0);
            Self::float_reshape(sum, Shape::new([channels]))
        };
        [Self::float_reshape(of_input, shape), total(of_scale), total(of_shift)]
    }
}

/// What is computed a channel of a sample, `[batch, channels, 1]`.
struct Parts<B: Backend> {
    /// mean(d x^)
    of_scale: FloatTensor<B>,
    /// `dx = factors[0] * d + factors[1] * x + factors[2]`
    factors: [FloatTensor<B>; 3],
}

impl<B: Backend> Parts<B> {
    /// From mean(d) and mean(d x).
    fn of(
        scale: FloatTensor<B>,
        mean: FloatTensor<B>,
        inverse: FloatTensor<B>,
        of_shift: FloatTensor<B>,
        product: FloatTensor<B>,
        channels: usize,
    ) -> Self {
        let centred = B::float_sub(product, B::float_mul(mean.clone(), of_shift.clone()));
        let of_scale = B::float_mul(centred, inverse.clone());
        let scale = B::float_reshape(scale, Shape::new([1, channels, 1]));
        let of_gradient = B::float_mul(scale, inverse.clone());
        // -scale / deviation * (mean(d x^) / deviation) for each x, and what is left for all.
        let steepness = B::float_mul(of_gradient.clone(), B::float_mul(of_scale.clone(), inverse));
        let of_input = B::float_neg(steepness.clone());
        let constant =
            B::float_sub(B::float_mul(steepness, mean), B::float_mul(of_gradient.clone(), of_shift));
        Self { of_scale, factors: [of_gradient, of_input, constant] }
    }
}

fn flattened(shape: &Shape) -> [usize; 3] {
    let [batch, channels, rows, columns] = shape.dims();
    [batch, channels, rows * columns]
}

impl<B: NormKernels, C: CheckpointStrategy> NormBackend for Autodiff<B, C> {
    fn normalised(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        activated: bool,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Normalise;

        impl<B: NormKernels> Backward<B, 3> for Normalise {
            type State = Saved<B>;

            fn backward(self, ops: Ops<Saved<B>, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<B>(&ops.node);
                for (node, of) in ops.parents.into_iter().zip(B::backward(ops.state, gradient)) {
                    if let Some(node) = node {
                        gradients.register::<B>(node.id, of);
                    }
                }
            }
        }

        let [(input, of_input), (scale, of_scale), (shift, of_shift)] =
            [input, scale, shift].map(|tensor| tensor.into_parts());
        let saved = B::forward(input, scale, shift, activated);
        match Normalise.prepare::<C>([of_input, of_scale, of_shift]).compute_bound().stateful() {
            OpsKind::Tracked(step) => {
                let output = saved.output.clone();
                step.finish(saved, output)
            }
            OpsKind::UnTracked(step) => step.finish(saved.output),
        }
    }
}

/// A backend without a gradient: the output alone.
macro_rules! plain {
    ($backend:ty) => {
        impl NormBackend for $backend {
            fn normalised(
                input: FloatTensor<Self>,
                scale: FloatTensor<Self>,
                shift: FloatTensor<Self>,
                activated: bool,
            ) -> FloatTensor<Self> {
                Self::forward(input, scale, shift, activated).output
            }
        }
    };
}

#[cfg(feature = "training-flex")]
mod flex {
    use super::*;

    impl NormKernels for burn::backend::Flex {}
    plain!(burn::backend::Flex);
}

#[cfg(feature = "training-vulkan")]
mod vulkan {
    use super::*;

    impl NormKernels for burn::backend::Cube {}
    plain!(burn::backend::Cube);
}

#[cfg(feature = "training-tch")]
mod tch {
    use burn::backend::LibTorch;
    use burn::backend::libtorch::TchTensor;

    use super::*;

    // Its in-place leaky ReLU takes no slope and has this one.
    const _: () = assert!(NEGATIVE_SLOPE == 0.01);

    impl NormKernels for LibTorch {
        fn forward(input: TchTensor, scale: TchTensor, shift: TchTensor, activated: bool) -> Saved<Self> {
            let [batch, channels, pixels] = flattened(&input.shape()).map(|size| size as i64);
            // To a batch norm the channels of all samples are channels of one.
            let flat = input.tensor.reshape([1, batch * channels, pixels]);
            let repeated = |tensor: &TchTensor| tensor.tensor.repeat([batch]);
            let nothing = None;
            let (mut output, mean, inverse) = flat.native_batch_norm(
                Some(repeated(&scale)),
                Some(repeated(&shift)),
                nothing,
                None,
                true,
                0.0,
                EPSILON,
            );
            if activated {
                output = output.leaky_relu_();
            }
            let a_channel = [batch, channels, 1];
            Saved {
                output: TchTensor::new(output.reshape(input.tensor.size())),
                mean: TchTensor::new(mean.reshape(a_channel)),
                inverse: TchTensor::new(inverse.reshape(a_channel)),
                input,
                scale,
                activated,
            }
        }

        fn backward(saved: Saved<Self>, gradient: TchTensor) -> [TchTensor; 3] {
            let [batch, channels, pixels] = flattened(&saved.input.shape()).map(|size| size as i64);
            let flat = |tensor: &TchTensor| tensor.tensor.reshape([batch, channels, pixels]);
            let (input, mut gradient) = (flat(&saved.input), flat(&gradient));
            if saved.activated {
                gradient = flat(&saved.output).leaky_relu_backward(&gradient, NEGATIVE_SLOPE, true);
            }
            let of_shift = gradient.mean_dim(2, true, None);
            // A product of rows with themselves: nothing of the feature map's size is written.
            let many = batch * channels;
            let product = gradient
                .reshape([many, 1, pixels])
                .bmm(&input.reshape([many, pixels, 1]))
                .reshape([batch, channels, 1])
                / pixels as f64;
            let [of_shift, product] = [of_shift, product].map(TchTensor::new);
            let Parts { of_scale, factors } = Parts::<Self>::of(
                saved.scale,
                saved.mean,
                saved.inverse,
                of_shift.clone(),
                product,
                channels as usize,
            );
            let [of_gradient, of_input, constant] = factors.map(|factor| factor.tensor);
            let of_input = constant.addcmul(&input, &of_input).addcmul_(&gradient, &of_gradient);
            let total = |mean: TchTensor| {
                TchTensor::new(
                    mean.tensor.sum_dim_intlist(0, false, None).reshape([channels]) * pixels as f64,
                )
            };
            [TchTensor::new(of_input.reshape(saved.input.tensor.size())), total(of_scale), total(of_shift)]
        }
    }
    plain!(LibTorch);
}
