//! The plan of a forward pass: which shader reads and writes what, made once for a size.

use crate::layers::{ConvBlock, Layers, Mixed};
use crate::parameters::Parameter;
use crate::shader::{Input, Pointwise, Shader};

/// What a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// B-scans.
    pub batch: usize,
    /// Rows of each.
    pub rows: usize,
    /// Columns of each.
    pub columns: usize,
}

/// What a shader is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    Parameter(Parameter),
    /// Index into [`Plan::memory`].
    Memory(usize),
}

/// One dispatch.
#[derive(Debug)]
pub(crate) struct Step {
    /// What it makes, for tables of tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests name steps by it"))]
    pub(crate) name: String,
    pub(crate) shader: Shader,
    pub(crate) workgroups: [u32; 3],
    pub(crate) bindings: Vec<Binding>,
    pub(crate) uniform: Vec<u32>,
    /// Bytes of everything that it reads or writes, each once.
    pub(crate) bytes: usize,
}

/// A forward pass, dispatch by dispatch.
#[derive(Debug)]
pub struct Plan {
    grid: Grid,
    steps: Vec<Step>,
    memory: Vec<usize>,
    image: usize,
    probabilities: usize,
    similarities: Vec<usize>,
}

impl Plan {
    pub(crate) fn new(layers: &Layers, grid: Grid) -> Self {
        let mut builder = Builder::new(layers, grid.batch);
        let image = builder.buffer(grid.batch * grid.rows * grid.columns);
        let (probabilities, similarities) = builder.network([grid.rows, grid.columns], image);
        builder.kept.extend([image, probabilities]);
        builder.kept.extend(&similarities);
        let (memory, places) = builder.places();
        for step in &mut builder.steps {
            for binding in &mut step.bindings {
                if let Binding::Memory(at) = binding {
                    *at = places[*at];
                }
            }
        }
        Self {
            grid,
            steps: builder.steps,
            memory,
            image: places[image],
            probabilities: places[probabilities],
            similarities: similarities.iter().map(|at| places[*at]).collect(),
        }
    }

    /// What it was made for.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Dispatches of a batch.
    pub fn launches(&self) -> usize {
        self.steps.len()
    }

    /// Bytes that a batch moves: what each dispatch reads and writes, each once.
    pub fn bytes(&self) -> usize {
        self.steps.iter().map(|step| step.bytes).sum()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Bytes of each buffer.
    pub(crate) fn memory(&self) -> &[usize] {
        &self.memory
    }

    /// The buffer of the images.
    pub(crate) fn image(&self) -> usize {
        self.image
    }

    pub(crate) fn probabilities(&self) -> usize {
        self.probabilities
    }

    /// Finest first.
    pub(crate) fn similarities(&self) -> &[usize] {
        &self.similarities
    }
}

/// A map of sums with what makes features of them.
#[derive(Debug, Clone, Copy)]
struct Features {
    sums: usize,
    affine: usize,
    size: [usize; 2],
}

/// A map whose statistics lie by tile.
struct Section {
    map: [usize; 2],
    tile: [u32; 2],
    groups: u32,
}

impl Section {
    /// Of a map that a 1x1 convolution walks pixel by pixel.
    fn flat([rows, columns]: [usize; 2], of: &Mixed) -> Self {
        let tile = with_each(of, rows * columns).tile();
        Self { map: [1, rows * columns], tile: [1, tile], groups: of.shader.normed }
    }

    /// Vectors of its statistics, for each sample.
    fn vectors(&self) -> usize {
        let tiles = self.map.iter().zip(self.tile).map(|(map, tile)| map.div_ceil(tile as usize));
        2 * self.groups as usize * tiles.product::<usize>()
    }
}

struct Builder<'a> {
    layers: &'a Layers,
    batch: usize,
    steps: Vec<Step>,
    /// Bytes of each.
    buffers: Vec<usize>,
    /// Those that outlive the pass.
    kept: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(layers: &'a Layers, batch: usize) -> Self {
        Self { layers, batch, steps: Vec::new(), buffers: Vec::new(), kept: Vec::new() }
    }

    /// A buffer of `words` of 32 bits.
    fn buffer(&mut self, words: usize) -> usize {
        self.buffers.push(4 * words);
        self.buffers.len() - 1
    }

    /// A buffer of `groups` of four channels by pixel.
    fn map(&mut self, groups: u32, [rows, columns]: [usize; 2]) -> usize {
        self.buffer(self.batch * 4 * groups as usize * rows * columns)
    }

    fn step(
        &mut self,
        name: String,
        shader: Shader,
        workgroups: [u32; 3],
        bindings: Vec<Binding>,
        uniform: Vec<u32>,
    ) {
        let bytes = bindings.iter().map(|binding| match *binding {
            Binding::Parameter(at) => self.layers.bytes(at),
            Binding::Memory(at) => self.buffers[at],
        });
        let bytes = bytes.sum();
        self.steps.push(Step { name, shader, workgroups, bindings, uniform, bytes });
    }

    /// Writes the steps and says where probabilities and similarities come to lie.
    fn network(&mut self, size: [usize; 2], image: usize) -> (usize, Vec<usize>) {
        let mut features = Features { sums: image, affine: image, size };
        let mut skips = Vec::new();
        for (stage, blocks) in self.layers.encoder.iter().enumerate() {
            for (block, of) in blocks.iter().enumerate() {
                features = self.conv_block(&format!("enc{stage}.{block}"), of, features, None);
            }
            skips.push(features);
        }
        skips.pop();
        let mut similarities = Vec::new();
        for (stage, of) in self.layers.decoder.iter().enumerate().rev() {
            let name = |what: &str| format!("dec{stage}.{what}");
            let detail = skips[stage];
            let sections = [Section::flat(detail.size, &of.f), Section::flat(features.size, &of.semantics)];
            let statistics =
                self.buffer(self.batch * 4 * sections.iter().map(Section::vectors).sum::<usize>());
            let start = self.batch * sections[0].vectors();
            self.pointwise(name("f"), &of.f, detail, &[statistics], 0);
            let semantics = self.map(of.semantics.shader.biased, features.size);
            let g = self.map(of.semantics.shader.normed, features.size);
            let results = [semantics, statistics, g];
            self.pointwise(name("project, g"), &of.semantics, features, &results, start);
            let embedding = self.finish(name("f, g norms"), of.norms, statistics, &sections);
            let similarity = self.buffer(self.batch * detail.size[0] * detail.size[1]);
            let [rows, columns] = features.size;
            self.step(
                name("gate"),
                Shader::Gate(of.gate),
                [((rows * columns) as u32).div_ceil(of.gate.threads()), self.batch as u32, 1],
                vec![
                    Binding::Memory(similarity),
                    Binding::Parameter(of.gate_weights),
                    Binding::Memory(detail.sums),
                    Binding::Memory(detail.affine),
                    Binding::Memory(g),
                    Binding::Memory(embedding),
                ],
                vec![rows as u32, columns as u32, 0, 0],
            );
            similarities.push(similarity);
            features = detail;
            for (block, refine) in of.refine.iter().enumerate() {
                let fused = (block == 0).then_some([semantics, similarity]);
                features = self.conv_block(&name(&format!("refine{block}")), refine, features, fused);
            }
        }
        similarities.reverse();
        let probabilities = self.buffer(self.batch * self.layers.labels() * size[0] * size[1]);
        self.pointwise("head".to_owned(), &self.layers.head, features, &[probabilities], 0);
        (probabilities, similarities)
    }

    /// `fused`: semantics and similarity.
    fn conv_block(
        &mut self,
        name: &str,
        of: &ConvBlock,
        before: Features,
        fused: Option<[usize; 2]>,
    ) -> Features {
        let shader = of.shader;
        let size = before.size.map(|length| if shader.halving { length / 2 } else { length });
        let tile = shader.tile();
        let section = Section { map: size, tile, groups: shader.groups_out };
        let sums = self.map(shader.groups_out, size);
        let statistics = self.buffer(self.batch * 4 * section.vectors());
        let mut bindings = vec![Binding::Parameter(of.weights)];
        bindings.extend([sums, statistics, before.sums].map(Binding::Memory));
        if shader.input != Input::Image {
            bindings.push(Binding::Memory(before.affine));
        }
        bindings.extend(fused.into_iter().flatten().map(Binding::Memory));
        let tiles = [0, 1].map(|axis| (size[axis] as u32).div_ceil(tile[axis]));
        let lengths = before.size.into_iter().chain(size).map(|length| length as u32);
        let uniform = lengths.chain(shader.uniform()).collect();
        let workgroups = [tiles[1], tiles[0], self.batch as u32 * shader.parts()];
        self.step(name.to_owned(), Shader::Convolution(shader), workgroups, bindings, uniform);
        let affine = self.finish(format!("{name} norm"), of.norm, statistics, &[section]);
        Features { sums, affine, size }
    }

    fn pointwise(&mut self, name: String, of: &Mixed, map: Features, results: &[usize], start: usize) {
        let pixels = map.size[0] * map.size[1];
        let shader = with_each(of, pixels);
        let mut bindings =
            vec![Binding::Parameter(of.weights), Binding::Memory(map.sums), Binding::Memory(map.affine)];
        bindings.extend(of.biases.map(Binding::Parameter));
        bindings.extend(results.iter().map(|at| Binding::Memory(*at)));
        let tiles = (pixels as u32).div_ceil(shader.tile());
        self.step(
            name,
            Shader::Pointwise(shader),
            [tiles, shader.parts(), self.batch as u32],
            bindings,
            [pixels as u32, start as u32].into_iter().chain(shader.uniform()).chain([0; 2]).collect(),
        );
    }

    /// Where factor and shift of `sections`' norms come to lie.
    fn finish(&mut self, name: String, norms: Parameter, statistics: usize, sections: &[Section]) -> usize {
        let groups = sections.iter().map(|section| section.groups).sum::<u32>();
        let affine = self.buffer(self.batch * 8 * groups as usize);
        let (mut uniform, mut start) = (Vec::new(), 0);
        for section in sections {
            uniform.extend(section.map.map(|length| length as u32));
            uniform.extend(section.tile);
            uniform.extend([start, section.groups, 0, 0]);
            start += (self.batch * section.vectors()) as u32;
        }
        uniform.resize(16, 0);
        let bindings = vec![Binding::Parameter(norms), Binding::Memory(affine), Binding::Memory(statistics)];
        self.step(name, Shader::Finish, [groups, self.batch as u32, 1], bindings, uniform);
        affine
    }

    /// Bytes of memory, and the memory of each buffer: what was last read is written again.
    fn places(&self) -> (Vec<usize>, Vec<usize>) {
        let mut last = vec![0; self.buffers.len()];
        for (at, step) in self.steps.iter().enumerate() {
            for binding in &step.bindings {
                if let Binding::Memory(buffer) = binding {
                    last[*buffer] = at;
                }
            }
        }
        for buffer in &self.kept {
            last[*buffer] = self.steps.len();
        }
        let (mut memory, mut free) = (Vec::new(), Vec::new());
        let mut places = vec![usize::MAX; self.buffers.len()];
        let place = |bytes: usize, memory: &mut Vec<usize>, free: &mut Vec<usize>| {
            // The one that is least too large or too small.
            let nearest = (0..free.len()).min_by_key(|at| memory[free[*at]].abs_diff(bytes));
            let at = nearest.map_or(memory.len(), |nearest| free.swap_remove(nearest));
            if at == memory.len() {
                memory.push(0);
            }
            memory[at] = memory[at].max(bytes);
            at
        };
        for (at, step) in self.steps.iter().enumerate() {
            let of_step = || {
                step.bindings.iter().filter_map(|binding| match *binding {
                    Binding::Memory(buffer) => Some(buffer),
                    Binding::Parameter(_) => None,
                })
            };
            for buffer in of_step() {
                if places[buffer] == usize::MAX {
                    places[buffer] = place(self.buffers[buffer], &mut memory, &mut free);
                }
            }
            free.extend(of_step().filter(|buffer| last[*buffer] == at).map(|buffer| places[buffer]));
        }
        (memory, places)
    }
}

/// With as many pixels an invocation as leaves a device enough invocations: weights are read
/// once for all of them.
fn with_each(of: &Mixed, pixels: usize) -> Pointwise {
    let each = match pixels {
        16_384.. => 4,
        4_096.. => 2,
        _ => 1,
    };
    Pointwise { each, ..of.shader }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use mmis_model::MmisNetConfig;
    use mmis_net::{MmisNet, Parameters as Drawn};
    use naga::valid::{Capabilities, ValidationFlags, Validator};

    use super::*;
    use crate::parameters::Parameters;

    fn layers(config: &MmisNetConfig) -> Layers {
        let network = MmisNet::new(config, &burn::tensor::Device::flex());
        Layers::new(config, &Drawn::of(&network), &mut Parameters::default()).unwrap()
    }

    /// Plans of every kind of network that is built, by name.
    fn plans() -> Vec<(&'static str, Plan)> {
        let odd = MmisNetConfig {
            widths: vec![6, 13, 22],
            encoder_blocks: vec![2, 1, 2],
            decoder_blocks: vec![2, 1],
            ..MmisNetConfig::tiny(9)
        };
        let grid = |batch, rows, columns| Grid { batch, rows, columns };
        vec![
            ("tiny", Plan::new(&layers(&MmisNetConfig::tiny(5)), grid(3, 20, 36))),
            ("odd", Plan::new(&layers(&odd), grid(2, 28, 40))),
            ("browser", Plan::new(&layers(&MmisNetConfig::browser(5)), grid(1, 240, 288))),
            ("browser, a batch", Plan::new(&layers(&MmisNetConfig::browser(5)), grid(8, 512, 512))),
            ("full", Plan::new(&layers(&MmisNetConfig::full(20)), grid(1, 96, 64))),
        ]
    }

    #[test]
    fn every_shader_is_valid_and_asks_for_no_more_than_webgpu_promises() {
        let shaders: BTreeSet<String> =
            plans().iter().flat_map(|(_, plan)| plan.steps.iter().map(|step| step.shader.source())).collect();
        assert!(shaders.len() > 20, "{}", shaders.len());
        for source in shaders {
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|error| panic!("{}\n{source}", error.emit_to_string(&source)));
            Validator::new(ValidationFlags::all(), Capabilities::empty())
                .validate(&module)
                .unwrap_or_else(|error| panic!("{}\n{source}", error.emit_to_string(&source)));
            let bytes = |space| -> u32 {
                let of = module.global_variables.iter().filter(|(_, variable)| variable.space == space);
                of.map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx())).sum()
            };
            assert!(bytes(naga::AddressSpace::WorkGroup) <= 16_384, "{source}");
            let [x, y, z] = module.entry_points[0].workgroup_size;
            assert!(x * y * z <= 256);
            assert!(!source.contains("{{"), "{source}");
        }
    }

    #[test]
    fn every_shader_is_given_what_it_binds() {
        for (name, plan) in plans() {
            for step in &plan.steps {
                let source = step.shader.source();
                let bound = source.matches("@binding(").count();
                assert_eq!(step.bindings.len() + 1, bound, "{name}, {}", step.name);
                assert!(step.bindings.len() <= 8, "{name}, {}", step.name);
                assert_eq!(step.uniform.len() % 4, 0, "{name}, {}", step.name);
                assert!(step.workgroups.iter().all(|count| (1..=65_535).contains(count)));
            }
        }
    }

    #[test]
    fn memory_is_written_again_only_after_it_was_read() {
        let layers = layers(&MmisNetConfig::browser(5));
        let mut builder = Builder::new(&layers, 2);
        let image = builder.buffer(2 * 64 * 96);
        let (probabilities, similarities) = builder.network([64, 96], image);
        builder.kept.extend([image, probabilities]);
        builder.kept.extend(&similarities);
        let (memory, places) = builder.places();
        assert!(memory.len() < 16, "{} buffers of {}", memory.len(), places.len());
        let mut owners = vec![image; memory.len()];
        let mut written = BTreeSet::from([image]);
        for step in &builder.steps {
            for binding in &step.bindings {
                let Binding::Memory(buffer) = *binding else { continue };
                assert!(builder.buffers[buffer] <= memory[places[buffer]]);
                if written.insert(buffer) {
                    owners[places[buffer]] = buffer;
                }
            }
            for binding in &step.bindings {
                let Binding::Memory(buffer) = *binding else { continue };
                assert_eq!(owners[places[buffer]], buffer, "{}", step.name);
            }
        }
        for kept in &builder.kept {
            assert_eq!(owners[places[*kept]], *kept);
        }
    }

    #[test]
    fn launches_and_bytes_stay_within_their_budget() {
        let plans = plans();
        let (_, plan) = plans.iter().find(|(name, _)| *name == "browser").unwrap();
        for step in &plan.steps {
            println!("{:16} {:?} {:9} bytes", step.name, step.workgroups, step.bytes);
        }
        let compiled: BTreeSet<String> = plan.steps.iter().map(|step| step.shader.source()).collect();
        assert!(compiled.len() <= 20, "{}", compiled.len());
        println!(
            "{} shaders, {} launches, {} bytes, memory {:?}",
            compiled.len(),
            plan.launches(),
            plan.bytes(),
            plan.memory
        );
        assert!(plan.launches() <= 45, "{}", plan.launches());
        assert!(plan.bytes() <= 70_000_000, "{}", plan.bytes());
        // Of a batch memory grows no faster than its pixels.
        let bytes = |plan: &Plan| plan.memory.iter().sum::<usize>();
        assert!(bytes(plan) <= 15_000_000, "{}", bytes(plan));
    }
}
