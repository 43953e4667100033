//! The eye, its B-scans and its volume.

use oct::{Geometry, LabelMask, OctVolume, SampleType, Samples};

use crate::acquisition::{Grid, Look, VendorStyle, quantise};
use crate::anatomy::{BOUNDARIES, Column, REGIONS, Region, Shape, Surfaces, widen};
use crate::deposits::Deposits;
use crate::fluid::{Cyst, Detachment, Fluid, FluidMix};
use crate::layers::Reflectivity;
use crate::random::{Noise, Stream, Walk, lerp, smoothstep};
use crate::vessels::{VesselAtColumn, Vessels};

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EyeConfig {
    /// Everything follows from it.
    pub seed: u64,
    /// Whose device.
    pub style: VendorStyle,
    /// Number of B-scans; `None` is the vendor's count in RETOUCH. Spacing does not change with it.
    pub bscans: Option<usize>,
    /// Which fluids.
    pub fluid: FluidMix,
}

impl EyeConfig {
    /// An eye whose fluids the seed decides; about a quarter have none.
    pub fn new(seed: u64, style: VendorStyle) -> Self {
        Self { seed, style, bscans: None, fluid: FluidMix::Random }
    }
}

/// One slice with its truth, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct PhantomBScan {
    /// Samples per row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// The image in the style's own type.
    pub samples: Samples,
    /// 0 background, 1 IRF, 2 SRF, 3 PED.
    pub labels: Vec<u8>,
    /// [`crate::Anatomy`] as `u8`.
    pub anatomy: Vec<u8>,
}

/// The vitreous: a detached hyaloid, pockets, an epiretinal membrane.
#[derive(Debug, Clone)]
struct Vitreous {
    /// Height of the hyaloid above the ILM in mm, if it is seen.
    hyaloid: Option<f32>,
    hyaloid_grey: f32,
    /// Grey added above the hyaloid: cortex against clear pocket.
    haze: f32,
    membrane: Option<f32>,
    wrinkle: f32,
    shape: Noise,
}

impl Vitreous {
    fn draw(stream: &mut Stream) -> Self {
        Self {
            hyaloid: stream.chance(0.45).then(|| stream.log_between(0.03, 0.5)),
            hyaloid_grey: stream.between(0.15, 0.5),
            haze: if stream.chance(0.35) { stream.between(0.0, 0.2) } else { 0.0 },
            membrane: stream.chance(0.25).then(|| stream.between(0.6, 0.85)),
            wrinkle: stream.between(0.0, 0.02),
            shape: Noise::new(stream),
        }
    }
}

/// One synthetic eye under one device.
#[derive(Debug, Clone)]
pub struct Eye {
    seed: u64,
    style: VendorStyle,
    grid: Grid,
    shape: Shape,
    reflectivity: Reflectivity,
    fluid: Fluid,
    deposits: Deposits,
    vessels: Vessels,
    vitreous: Vitreous,
    look: Look,
    texture: Noise,
    dimming: Noise,
    dimming_depth: f32,
    /// Where the middle of the retina lies in the B-scan, as a part of its height.
    placement: f32,
    /// Axial motion from B-scan to B-scan in mm.
    jitter: f32,
    /// Slope and depth of the registration's padding, as parts of the B-scan: top and bottom.
    padding: Option<[f32; 3]>,
    enhancement: f32,
}

const PURPOSE_GRID: u64 = 1;
const PURPOSE_ANATOMY: u64 = 2;
const PURPOSE_MIX: u64 = 3;
const PURPOSE_FLUID: u64 = 4;
const PURPOSE_DEPOSITS: u64 = 5;
const PURPOSE_VESSELS: u64 = 6;
const PURPOSE_LOOK: u64 = 7;
const PURPOSE_VITREOUS: u64 = 8;
/// B-scans take the purposes from here on.
const PURPOSE_BSCANS: u64 = 1 << 32;

impl Eye {
    /// Draws the eye of `config`.
    pub fn new(config: &EyeConfig) -> Self {
        let seed = config.seed;
        let grid = Grid::of(config.style, config.bscans, &mut Stream::new(seed, PURPOSE_GRID));
        let mut anatomy = Stream::new(seed, PURPOSE_ANATOMY);
        let shape = Shape::draw(&mut anatomy);
        let reflectivity = Reflectivity::draw(&mut anatomy);
        let mut mix = Stream::new(seed, PURPOSE_MIX);
        let present = config.fluid.resolve(&mut mix);
        // Diabetic eyes have edema and exudates; detachments come with neovascular AMD.
        let diabetic = mix.chance(if present[2] { 0.15 } else { 0.65 });
        let fluid = Fluid::draw(&mut Stream::new(seed, PURPOSE_FLUID), present, shape.fovea, diabetic);
        let deposits = Deposits::draw(&mut Stream::new(seed, PURPOSE_DEPOSITS), shape.fovea, diabetic);
        let vessels = Vessels::draw(&mut Stream::new(seed, PURPOSE_VESSELS), shape.fovea, shape.nasal);
        let mut stream = Stream::new(seed, PURPOSE_LOOK);
        let look = Look::draw(&mut stream, config.style, &grid);
        let padded = config.style == VendorStyle::Spectralis && stream.chance(0.4);
        Self {
            seed,
            style: config.style,
            grid,
            shape,
            reflectivity,
            fluid,
            deposits,
            vessels,
            vitreous: Vitreous::draw(&mut Stream::new(seed, PURPOSE_VITREOUS)),
            texture: Noise::new(&mut stream),
            dimming: Noise::new(&mut stream),
            dimming_depth: stream.between(0.0, 0.12),
            placement: stream.between(0.28, 0.62),
            jitter: stream.log_between(0.001, 0.02),
            padding: padded
                .then(|| [stream.between(-0.09, 0.09), stream.between(0.0, 0.05), stream.between(0.0, 0.05)]),
            enhancement: stream.between(0.0, 0.12),
            look,
        }
    }

    /// Samples per row.
    pub fn columns(&self) -> usize {
        self.grid.columns
    }

    /// Rows per B-scan.
    pub fn rows(&self) -> usize {
        self.grid.rows
    }

    /// Number of B-scans.
    pub fn bscans(&self) -> usize {
        self.grid.bscans
    }

    /// Spacing of the grid; all three are known.
    pub fn geometry(&self) -> Geometry {
        self.grid.geometry()
    }

    /// Type of the samples.
    pub fn sample_type(&self) -> SampleType {
        self.style.sample_type()
    }

    /// The whole volume with its truth.
    pub fn volume(&self) -> (OctVolume, LabelMask) {
        let (columns, rows, bscans) = (self.columns(), self.rows(), self.bscans());
        let mut mask = LabelMask::unmeasured(columns, rows, bscans);
        let (mut bytes, mut words) = (Vec::new(), Vec::new());
        for index in 0..bscans {
            let bscan = self.bscan(index);
            match bscan.samples {
                Samples::U8(mut samples) => bytes.append(&mut samples),
                Samples::U16(mut samples) => words.append(&mut samples),
                Samples::F32(_) => debug_assert!(false, "no style has float samples"),
            }
            let stored = mask.set_bscan(index, bscan.labels);
            debug_assert!(stored.is_ok(), "labels are 0..=3 in the mask's own grid");
        }
        let samples = if words.is_empty() { Samples::U8(bytes) } else { Samples::U16(words) };
        let mut volume = OctVolume::new(columns, rows, bscans, samples, self.geometry())
            .expect("every B-scan has columns x rows samples and no dimension is zero");
        volume.vendor = Some(self.style.name().to_owned());
        (volume, mask)
    }

    /// B-scan `bscan`, independent of all others. B-scans past the end are further slices of the same eye.
    pub fn bscan(&self, bscan: usize) -> PhantomBScan {
        let mut stream = Stream::new(self.seed, PURPOSE_BSCANS + bscan as u64);
        let mut canvas = self.lay_out(bscan, &mut stream);
        self.mark_layers(&mut canvas);
        let cysts = self.mark_cysts(&mut canvas);
        self.paint_layers(&mut canvas);
        self.paint_cysts(&mut canvas, &cysts);
        self.paint_foci(&mut canvas);
        self.paint_vessels(&mut canvas);
        self.paint_vitreous(&mut canvas);
        self.dim(&mut canvas);
        let mut grey = self.look.form(&canvas.grey, canvas.columns, &mut stream);
        self.padded(|at| {
            grey[at] = 0.0;
            canvas.labels[at] = 0;
        });
        PhantomBScan {
            columns: canvas.columns,
            rows: canvas.rows,
            samples: quantise(&grey, self.style),
            labels: canvas.labels,
            anatomy: canvas
                .regions
                .iter()
                .map(|index| Region::ALL[usize::from(*index)].anatomy() as u8)
                .collect(),
        }
    }

    /// The labels of B-scan `bscan` alone, in a fraction of the time.
    pub fn labels(&self, bscan: usize) -> Vec<u8> {
        let mut canvas = self.lay_out(bscan, &mut Stream::new(self.seed, PURPOSE_BSCANS + bscan as u64));
        self.mark_layers(&mut canvas);
        self.mark_cysts(&mut canvas);
        self.padded(|at| canvas.labels[at] = 0);
        canvas.labels
    }

    /// Places the surfaces of one slice in its B-scan.
    fn lay_out(&self, bscan: usize, stream: &mut Stream) -> Canvas {
        let (columns, rows) = (self.columns(), self.rows());
        let lateral = self.grid.mm[0] as f32;
        let axial = self.grid.mm[1] as f32;
        let y = (bscan as f32 - 0.5 * (self.grid.bscans as f32 - 1.0)) * self.grid.mm[2] as f32;
        let x: Vec<f32> = (0..columns).map(|c| (c as f32 - 0.5 * (columns as f32 - 1.0)) * lateral).collect();
        let fluid = self.fluid.near(y);
        let deposits = self.deposits.near(y);
        // Retina 0.28 mm thick on average: its middle lies 0.14 mm above Bruch's membrane.
        let top = self.shape.bruch(0.0, 0.0) - 0.14 - self.placement * rows as f32 * axial
            + self.jitter * stream.normal();
        let at_rest: Vec<Column> = x.iter().map(|&x| self.shape.column(x, y, &fluid, &deposits)).collect();
        let surfaces = Surfaces::settle(&at_rest, lateral, top);
        Canvas {
            columns,
            rows,
            axial,
            lateral,
            y,
            top,
            x,
            surfaces,
            fluid,
            deposits,
            grey: vec![0.0; columns * rows],
            regions: vec![0; columns * rows],
            labels: vec![0; columns * rows],
        }
    }

    /// Regions, and the labels of SRF and PED.
    fn mark_layers(&self, canvas: &mut Canvas) {
        let Canvas { columns, rows, axial, y, .. } = *canvas;
        let detached: Vec<bool> =
            canvas.x.iter().map(|x| canvas.fluid.detachment_kind(*x, y).is_some()).collect();
        let mut region = vec![0_usize; columns];
        for row in 0..rows {
            let z = (row as f32 + 0.5) * axial;
            for (column, index) in region.iter_mut().enumerate() {
                while *index < BOUNDARIES && z >= canvas.surfaces.boundary[*index][column] {
                    *index += 1;
                }
                let at = row * columns + column;
                let kind = Region::ALL[*index];
                canvas.regions[at] = *index as u8;
                canvas.labels[at] = match kind {
                    Region::Subretinal => 2,
                    Region::SubRpe if detached[column] => 3,
                    _ => 0,
                };
            }
        }
    }

    /// Grey of the regions.
    fn paint_layers(&self, canvas: &mut Canvas) {
        let r = &self.reflectivity;
        let Canvas { columns, rows, axial, y, top, .. } = *canvas;
        let columns_info: Vec<ColumnLook> =
            (0..columns).map(|column| self.column_look(canvas, column)).collect();
        let mut fields: [Walk; 8] = std::array::from_fn(|_| self.texture.walk());
        let [
            haller_field,
            second_field,
            sattler_field,
            choroid_grain,
            subretinal,
            below_rpe,
            grain_field,
            patches,
        ] = &mut fields;
        for row in 0..rows {
            let z = (row as f32 + 0.5) * axial;
            for (column, look) in columns_info.iter().enumerate() {
                let at = row * columns + column;
                let index = usize::from(canvas.regions[at]);
                let kind = Region::ALL[index];
                if index == 0 {
                    canvas.grey[at] = r.grey[0];
                    continue;
                }
                let mut grey = look.grey[index];
                if kind >= Region::Onl && kind != Region::Subretinal {
                    grey -= look.streak;
                }
                let x = canvas.x[column];
                let deep = z + top;
                let ilm = canvas.surfaces.boundary[0][column];
                let bruch = canvas.surfaces.boundary[Region::Bruch as usize][column];
                match kind {
                    Region::Choroid | Region::Sclera => {
                        let below = z - bruch;
                        let in_choroid =
                            1.0 - smoothstep(-0.03, 0.04, z - choroid_end(&canvas.surfaces, column));
                        // Vessel lumina grow with depth: choriocapillaris, Sattler, Haller. Most
                        // pixels lie too deep for either, and noise is what painting costs.
                        let large = smoothstep(0.03, 0.14, below) * in_choroid;
                        let small = (1.0 - smoothstep(0.05, 0.2, below)) * smoothstep(0.0, 0.02, below);
                        let mut vessels = 0.0;
                        if large > 0.0 {
                            // The sum of two fields hides the lattice; a slanted one breaks its upright grid.
                            let haller = haller_field.in_space(
                                (x + 0.6 * deep) / r.haller,
                                y / 0.2,
                                deep / (0.6 * r.haller),
                            );
                            let second = second_field.in_space(
                                (x - 0.8 * deep) / r.haller * 1.7 + 9.0,
                                y / 0.12,
                                deep / (0.4 * r.haller),
                            );
                            vessels = (0.3 - smoothstep(-0.25, 0.6, 0.7 * haller + 0.5 * second)) * large;
                        }
                        if small > 0.0 {
                            let sattler = sattler_field.in_space(
                                (x + deep) / 0.045 + 50.0,
                                y / 0.06,
                                (deep - 0.3 * x) / 0.035,
                            );
                            vessels += 0.35 * sattler * small;
                        }
                        let fine = choroid_grain.in_space(x / 0.022 + 80.0, y / 0.03, deep / 0.016);
                        grey = lerp(
                            r.grey[Region::Sclera as usize],
                            r.grey[Region::Choroid as usize],
                            in_choroid,
                        );
                        grey += r.choroid_contrast * vessels;
                        grey += 0.035 * fine + 0.08 * (1.0 - smoothstep(0.0, 0.03, below));
                        grey -= r.loss_choroid * below + look.lost;
                    }
                    Region::Subretinal => {
                        grey += 0.02 * subretinal.in_space(x / 0.06, y / 0.1, deep / 0.04);
                    }
                    Region::SubRpe => {
                        let fine = below_rpe.in_space(x / 0.05 + 20.0, y / 0.08, deep / 0.03);
                        let (top_edge, bottom) = canvas.surfaces.span(Region::SubRpe, column);
                        let down = (z - top_edge) / (bottom - top_edge).max(0.01);
                        grey += match look.detachment {
                            Some(Detachment::Serous) => 0.02 * fine,
                            Some(Detachment::Fibrovascular) => 0.12 * fine - 0.14 * down,
                            Some(Detachment::Drusenoid) => 0.05 * fine - 0.05 * down,
                            None => 0.04 * fine,
                        };
                    }
                    Region::Rpe | Region::Bruch => grey -= (r.loss_retina + 1.1 * look.disc) * (z - ilm),
                    _ => {
                        let fine = grain_field.in_space(x / 0.035, y / 0.06, deep / 0.018);
                        // Grains stand out bright, gaps do not stand out dark.
                        let grain = fine + 0.8 * (fine * fine.abs()).max(0.0);
                        let patch = patches.in_space(x / 0.16 + 33.0, y / 0.2, deep / 0.05);
                        grey += r.texture * grain + r.patches * patch
                            - (r.loss_retina + 1.1 * look.disc) * (z - ilm);
                        if kind == Region::Onl {
                            // Henle's fibres are the upper half of this region.
                            let (upper, lower) = canvas.surfaces.span(Region::Onl, column);
                            let down = (z - upper) / (lower - upper).max(0.005);
                            grey += look.henle * (1.0 - smoothstep(0.3, 0.6, down));
                        }
                    }
                }
                // Borders are graded over about 6 um: cells do not end on a plane.
                let upper = canvas.surfaces.boundary[index - 1][column];
                let into = (z - upper) / 0.006;
                if into < 1.0 && index > 1 && kind < Region::SubRpe {
                    grey = lerp(look.grey[index - 1], grey, 0.5 + 0.5 * into.max(0.0));
                }
                canvas.grey[at] = grey;
            }
        }
    }

    /// What is the same for all pixels of a column.
    fn column_look(&self, canvas: &Canvas, column: usize) -> ColumnLook {
        let r = &self.reflectivity;
        let (x, y) = (canvas.x[column], canvas.y);
        let mut grey = r.grey;
        let atrophy = canvas.deposits.atrophy(x, y);
        if atrophy > 0.0 {
            let onl = grey[Region::Onl as usize];
            for region in [Region::Ez, Region::Os, Region::Myoid, Region::Elm] {
                grey[region as usize] = lerp(grey[region as usize], onl + 0.05, atrophy);
            }
            grey[Region::Rpe as usize] -= 0.18 * atrophy;
        }
        // The ellipsoid zone breaks up in patches, mostly where the retina is ill.
        let patch = smoothstep(0.1, 0.5, self.texture.over_plane(x / 0.35 + 200.0, y / 0.5)) * r.ez_loss;
        for region in [Region::Ez, Region::Elm, Region::Os] {
            let index = region as usize;
            grey[index] = lerp(grey[index], grey[Region::Myoid as usize] + 0.05, 0.85 * patch);
        }
        // Bands are beaded, not ruled: photoreceptors and RPE vary over some 30 um.
        let bead = self.texture.over_plane(x / 0.03 + 300.0, y / 0.05);
        grey[Region::Ez as usize] += 0.05 * bead;
        grey[Region::Rpe as usize] += 0.04 * self.texture.over_plane(x / 0.04 + 400.0, y / 0.05);
        let disc = self.shape.disc(x, y);
        if disc > 0.0 {
            for grey in &mut grey[Region::Rnfl as usize..=Region::Bruch as usize] {
                *grey = lerp(*grey, 0.56, disc);
            }
        }
        let surfaces = &canvas.surfaces;
        let height = |region| {
            let (top, bottom) = surfaces.span(region, column);
            bottom - top
        };
        let detachment = canvas.fluid.detachment_kind(x, y);
        let lifted = height(Region::SubRpe);
        grey[Region::Subretinal as usize] = r.fluid;
        grey[Region::SubRpe as usize] = match detachment {
            Some(Detachment::Serous) => r.fluid + 0.03,
            Some(Detachment::Fibrovascular) => r.solid_detachment,
            Some(Detachment::Drusenoid) => r.solid_detachment + 0.1,
            None => canvas.deposits.drusen_grey * r.grey[Region::Rpe as usize],
        };
        // Where nothing parts them RPE and Bruch's membrane are one band.
        if lifted < 0.004 {
            grey[Region::Bruch as usize] = grey[Region::Rpe as usize] - 0.08;
        }
        let (dx, dy) = (x - self.shape.fovea[0], y - self.shape.fovea[1]);
        let away = (dx * dx + dy * dy).sqrt();
        let henle =
            r.henle * dx / (away + 0.1) * smoothstep(0.1, 0.5, away) * (1.0 - smoothstep(1.5, 3.0, away));
        // The RPE swallows light; where it is gone the choroid shines. Solid detachments shadow it.
        let solid = matches!(detachment, Some(Detachment::Fibrovascular | Detachment::Drusenoid));
        let shadow = if solid { 0.5 * lifted.min(0.4) } else { 0.0 };
        let clear = height(Region::Subretinal) + if solid { 0.0 } else { 0.3 * lifted };
        let lost = shadow - 0.16 * atrophy - self.enhancement * (clear * 5.0).min(1.0) + 0.1 * disc;
        // Swollen INL scatters less; the ONL either way.
        let swelling = canvas.fluid.swelling(x, y);
        grey[Region::Inl as usize] -= (0.8 * swelling.inl).min(0.06);
        grey[Region::Onl as usize] += (swelling.onl / 0.08).min(1.0) * r.edema_tint;
        // Swollen retina is lit unevenly: upright streaks from its middle down.
        let swollen = ((swelling.inl + swelling.onl) / 0.06).min(1.0);
        let streak = 0.6 * self.texture.over_plane(x / 0.05 + 500.0, y / 0.06)
            + 0.6 * self.texture.over_plane(x / 0.13 + 600.0, y / 0.15);
        let streak = r.streaks * swollen * streak.max(-0.3);
        ColumnLook { grey, henle, lost, disc, streak, detachment }
    }

    /// Cysts: shape functions on the pixel grid, septa where two compete, then labels.
    fn mark_cysts(&self, canvas: &mut Canvas) -> Vec<CystWall> {
        if canvas.fluid.cysts.is_empty() {
            return Vec::new();
        }
        let Canvas { columns, rows, axial, lateral, y, top, .. } = *canvas;
        // Largest and second largest shape function at each pixel, and whose the largest is.
        const FAR: f32 = -9.0;
        let mut best = vec![(FAR, FAR, u32::MAX); columns * rows];
        for (index, cyst) in canvas.fluid.cysts.iter().enumerate() {
            if (cyst.at[1] - y).abs() > 1.5 * cyst.half[1] {
                continue;
            }
            let Some(middle) = canvas.nearest_column(cyst.at[0]) else { continue };
            let reach_x = 1.5 * cyst.half[0] + cyst.slant.abs() * cyst.half[2] + 0.02;
            let span = (reach_x / lateral).ceil() as usize;
            let mut wall = self.fluid.wall.walk();
            for column in middle.saturating_sub(span)..(middle + span + 1).min(columns) {
                let (upper, lower) = canvas.surfaces.span(cyst.layer, column);
                let centre = lerp(upper, lower, cyst.depth);
                // Nerve fibres and the photoreceptors' membranes stay whole.
                let highest = canvas.surfaces.below(Region::Rnfl, column) + 0.004;
                let lowest = canvas.surfaces.below(Region::Onl, column) - 0.003;
                let reach_z = 1.5 * cyst.half[2] + 0.02;
                let first = ((centre - reach_z).max(highest) / axial - 0.5).ceil().max(0.0) as usize;
                let end =
                    ((((centre + reach_z).min(lowest)) / axial + 0.5).floor().max(0.0) as usize).min(rows);
                for row in first..end {
                    let z = (row as f32 + 0.5) * axial;
                    let f = shape_function(cyst, &mut wall, canvas.x[column], y, z - centre, z + top);
                    let slot = &mut best[row * columns + column];
                    if f > slot.0 {
                        *slot = (f, slot.0, index as u32);
                    } else if f > slot.1 {
                        slot.1 = f;
                    }
                }
            }
        }
        let mut walls = Vec::new();
        for (at, (first, second, index)) in best.iter().enumerate() {
            let Some(cyst) = canvas.fluid.cysts.get(*index as usize) else { continue };
            let smallest = cyst.half[0].min(cyst.half[2]);
            // Distance to the wall in mm, septa included: positive inside.
            let to_neighbour =
                if *second > FAR { 0.5 * (first - second - self.fluid.septum) } else { f32::MAX };
            let wall = first.min(to_neighbour.max(-0.3)) * smallest;
            if *first > 0.0 && wall > 0.0 {
                canvas.labels[at] = 1;
            }
            walls.push(CystWall { at, cyst: *index as usize, wall });
        }
        walls
    }

    /// Grey of the cysts.
    fn paint_cysts(&self, canvas: &mut Canvas, walls: &[CystWall]) {
        let Canvas { columns, axial, lateral, .. } = *canvas;
        let r = &self.reflectivity;
        for CystWall { at, cyst, wall } in walls.iter().copied() {
            let cyst = &canvas.fluid.cysts[cyst];
            let inside = smoothstep(-0.5 * cyst.softness, 0.5 * cyst.softness, wall);
            let tissue = canvas.grey[at];
            let (column, row) = (at % columns, at / columns);
            let uneven = 0.6
                + 0.9 * self.texture.over_plane(column as f32 * lateral / 0.07, row as f32 * axial / 0.05);
            let rim = r.rim * uneven.max(0.0) * (1.0 - (wall + 0.008).abs() / 0.009).max(0.0);
            let fluid = (r.fluid + cyst.turbidity).min(tissue - 0.05);
            canvas.grey[at] = lerp(tissue + rim, fluid, inside);
        }
    }

    /// Hyperreflective foci and exudates with their shadows.
    fn paint_foci(&self, canvas: &mut Canvas) {
        let Canvas { columns, rows, axial, lateral, y, .. } = *canvas;
        for focus in std::mem::take(&mut canvas.deposits.foci) {
            let across = 1.0 - ((focus.at[1] - y) / focus.radius).powi(2);
            let Some(middle) = canvas.nearest_column(focus.at[0]) else { continue };
            let span = (1.3 * focus.radius / lateral).ceil() as usize;
            for column in middle.saturating_sub(span)..(middle + span + 1).min(columns) {
                let ilm = canvas.surfaces.below(Region::Vitreous, column);
                let rpe = canvas.surfaces.below(Region::Subretinal, column);
                let centre = lerp(ilm, rpe, focus.depth);
                let dx = (canvas.x[column] - focus.at[0]) / focus.radius;
                let rest = across - dx * dx;
                if rest < -0.7 {
                    continue;
                }
                let half = focus.radius * focus.flatness;
                let first = ((centre - 1.4 * half) / axial).max(0.0) as usize;
                let end = (((centre + 1.4 * half) / axial).max(0.0) as usize + 1).min(rows);
                for row in first..end {
                    let dz = ((row as f32 + 0.5) * axial - centre) / half;
                    let ragged = 0.9
                        * self.texture.over_plane(
                            canvas.x[column] / (0.9 * focus.radius),
                            (dz + focus.at[1] * 99.0) * 1.3,
                        );
                    let weight = smoothstep(-0.7, 0.6, rest - dz * dz + ragged);
                    let grey = &mut canvas.grey[row * columns + column];
                    *grey = grey.max(lerp(*grey, focus.brightness, weight));
                }
                if focus.shade > 0.0 {
                    let shade = focus.shade * smoothstep(-0.5, 0.6, rest);
                    for row in end..rows {
                        canvas.grey[row * columns + column] -= shade;
                    }
                }
            }
        }
    }

    /// Vessels: bright caps in the inner retina, shadows on all that lies below.
    fn paint_vessels(&self, canvas: &mut Canvas) {
        let Canvas { columns, rows, axial, .. } = *canvas;
        let found = self.vessels.along(&canvas.x, canvas.y);
        for (column, VesselAtColumn { half_height, radius, shade }) in found.into_iter().enumerate() {
            if shade <= 0.0 {
                continue;
            }
            let ilm = canvas.surfaces.below(Region::Vitreous, column);
            let centre = ilm + self.vessels.centre_below_ilm(radius);
            let first = ((centre - half_height) / axial).max(0.0) as usize;
            let end = (((centre + half_height) / axial).max(0.0) as usize).min(rows);
            for row in first..end {
                let z = (row as f32 + 0.5) * axial;
                let at = row * columns + column;
                // Forward scattering by red cells: the upper wall is bright, the lumen fades downwards.
                let down = (z - centre) / radius.max(0.005);
                if canvas.labels[at] == 0 && z > ilm {
                    canvas.grey[at] = canvas.grey[at].max(0.58 - 0.16 * down);
                }
            }
            // The shadow sets in over a tenth of a millimetre.
            for row in end.min(rows)..rows {
                let below = (row as f32 + 0.5) * axial - (centre + half_height);
                canvas.grey[row * columns + column] -= shade * smoothstep(-0.02, 0.09, below);
            }
        }
    }

    /// Hyaloid, pockets, epiretinal membrane.
    fn paint_vitreous(&self, canvas: &mut Canvas) {
        let Canvas { columns, rows, axial, y, .. } = *canvas;
        let v = &self.vitreous;
        // The hyaloid spans dips of the retina: it follows a smooth ILM only.
        let smooth = widen(canvas.surfaces.boundary[0].clone(), 0.45 / canvas.lateral);
        for (column, smooth) in smooth.into_iter().enumerate() {
            let x = canvas.x[column];
            let ilm = canvas.surfaces.below(Region::Vitreous, column);
            let wave = v.shape.over_plane(x / 1.6, y / 1.6);
            if let Some(height) = v.hyaloid {
                let z = (smooth - height * (0.9 + 0.6 * wave)).min(ilm - 0.003);
                let visible = v.hyaloid_grey * (0.65 + 0.5 * v.shape.over_plane(x / 0.5 + 40.0, y / 0.7));
                let end = ((ilm / axial).max(0.0) as usize).min(rows);
                for row in 0..end {
                    let from = (row as f32 + 0.5) * axial - z;
                    let line = (1.0 - from.abs() / 0.007).max(0.0);
                    let grey = &mut canvas.grey[row * columns + column];
                    if from < 0.0 {
                        *grey += v.haze;
                    }
                    *grey = lerp(*grey, visible, line);
                }
            }
            if let Some(grey) = v.membrane {
                let covered = smoothstep(-0.2, 0.3, v.shape.over_plane(x / 1.2 + 80.0, y / 1.2));
                let lift = v.wrinkle * v.shape.over_plane(x / 0.12, y / 0.3).max(0.0);
                let first = ((ilm - lift) / axial).max(0.0) as usize;
                for row in first..(first + (0.012 / axial) as usize + 1).min(rows) {
                    let old = &mut canvas.grey[row * columns + column];
                    *old = old.max(lerp(*old, grey, covered));
                }
            }
        }
    }

    /// Signal lost over whole columns: vignetting, opacities, lashes at the edge.
    fn dim(&self, canvas: &mut Canvas) {
        let half = 0.5 * canvas.columns as f32 * canvas.lateral;
        let edge = (self.dimming_depth - 0.06).max(0.0) * 3.0;
        let loss: Vec<f32> = canvas
            .x
            .iter()
            .map(|x| {
                let wave = self.dimming.over_plane(x / 0.9, canvas.y / 1.2);
                let grain = self.dimming.over_plane(x / 0.05 + 7.0, canvas.y / 0.05);
                self.dimming_depth * wave
                    + 0.3 * self.dimming_depth.min(0.06) * grain
                    + edge * smoothstep(0.75, 1.0, x.abs() / half)
            })
            .collect();
        for row in canvas.grey.chunks_exact_mut(canvas.columns) {
            for (grey, loss) in row.iter_mut().zip(&loss) {
                *grey -= loss;
            }
        }
    }

    /// Calls `blank` for what registration left empty: pure 0, without a label.
    fn padded(&self, mut blank: impl FnMut(usize)) {
        let Some([slope, top, bottom]) = self.padding else { return };
        let (columns, rows) = (self.columns(), self.rows());
        for column in 0..columns {
            let along = column as f32 / columns as f32 - 0.5;
            let shift = slope * along;
            let first = ((top + shift) * rows as f32).max(0.0) as usize;
            let last = ((bottom - shift) * rows as f32).max(0.0) as usize;
            for row in (0..first.min(rows)).chain(rows.saturating_sub(last)..rows) {
                blank(row * columns + column);
            }
        }
    }
}

/// Positive inside a cyst, 1 at its centre, about linear in distance over its size.
#[inline]
fn shape_function(cyst: &Cyst, wall: &mut Walk, x: f32, y: f32, dz: f32, z: f32) -> f32 {
    let scale = cyst.half[0].min(cyst.half[2]) * 1.1 + 0.01;
    let bend = cyst.warp * wall.in_space(x / scale, y / scale, z / scale);
    let dx = (x - cyst.at[0] - cyst.slant * dz) / cyst.half[0];
    let dy = (y - cyst.at[1]) / cyst.half[1];
    let dz = dz / cyst.half[2];
    1.0 - (dx * dx + dy * dy + dz * dz).sqrt() + 0.8 * bend
}

/// Where the choroid ends at `column`.
fn choroid_end(surfaces: &Surfaces, column: usize) -> f32 {
    surfaces.boundary[Region::Choroid as usize][column]
}

/// Per column: grey levels and what lies under it.
#[derive(Debug, Clone)]
struct ColumnLook {
    grey: [f32; REGIONS],
    henle: f32,
    /// Reflectivity lost below the RPE.
    lost: f32,
    /// How far it lies in the optic disc.
    disc: f32,
    /// Reflectivity lost from the ONL down.
    streak: f32,
    detachment: Option<Detachment>,
}

/// A pixel in or about a cyst.
#[derive(Debug, Clone, Copy)]
struct CystWall {
    at: usize,
    /// Which cyst.
    cyst: usize,
    /// Distance to its wall in mm: positive inside.
    wall: f32,
}

/// One slice while it is painted; rows from the vitreous down, z in mm from the B-scan's top.
#[derive(Debug, Clone)]
struct Canvas {
    columns: usize,
    rows: usize,
    axial: f32,
    lateral: f32,
    y: f32,
    /// Depth of the B-scan's top edge in the eye.
    top: f32,
    x: Vec<f32>,
    surfaces: Surfaces,
    fluid: Fluid,
    deposits: Deposits,
    grey: Vec<f32>,
    /// Index in [`Region::ALL`].
    regions: Vec<u8>,
    labels: Vec<u8>,
}

impl Canvas {
    /// The column at `x`, or `None` where it is more than 2 mm outside the B-scan.
    fn nearest_column(&self, x: f32) -> Option<usize> {
        let first = *self.x.first()?;
        let last = *self.x.last()?;
        if x < first - 2.0 || x > last + 2.0 {
            return None;
        }
        Some((((x - first) / self.lateral).round().max(0.0) as usize).min(self.columns - 1))
    }
}
