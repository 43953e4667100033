//! What is drawn, and in which order: behind everything the ground and the fluid's footprint
//! on the floor, then the fluid, then what is seen through, the farthest first.

use oct::FluidClass;
use scene::camera::{Subject, View};
use scene::frame::{Segment, bscan_corners, bscan_outline, edges, floor_grid, letters};
use scene::mesh::Mesh;
use scene::{Camera, Layer, Look, SceneError, SceneFailure, SceneVolume, bytes, fluid_mesh, ghost};
use wasm_bindgen::prelude::*;
use web_sys::{OffscreenCanvas, WebGl2RenderingContext as Gl, WebGlTexture};

use crate::gl::{GlError, Program, Triangles, grey_texture, of_canvas};

/// Widest and tallest canvas, pixels: beyond it nobody sees more.
const MOST_PIXELS: u32 = 4096;
/// A place and a normal.
const MESH: &[i32] = &[3, 3];
/// Both ends in mm, both shifts in the picture, which end and which side.
const LINE: &[i32] = &[3, 3, 2, 2, 2];
/// A place and a place in the picture.
const PICTURE: &[i32] = &[3, 2];

/// Towards the vitreous: cool.
const ILM: [f32; 3] = [0.62, 0.78, 0.92];
/// Towards the choroid: warm.
const BM: [f32; 3] = [0.95, 0.70, 0.52];
const BOX: [f32; 4] = [0.62, 0.70, 0.78, 0.34];
const GRID: [f32; 4] = [0.62, 0.70, 0.78, 0.10];
const IN_VIEW: [f32; 4] = [0.95, 0.96, 0.97, 0.85];
const LETTERS: [f32; 4] = [0.91, 0.925, 0.945, 0.95];

/// The grey picture of a B-scan.
pub struct Picture {
    /// Index of the B-scan.
    pub bscan: u32,
    /// Pixels per row.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// A byte a pixel, row by row.
    pub greys: Vec<u8>,
}

/// Why a volume is not drawn.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// It is none.
    #[error(transparent)]
    Volume(#[from] SceneError),
    /// The graphics have no room for it.
    #[error(transparent)]
    Graphics(#[from] GlError),
}

/// Draws on a canvas.
pub struct Painter {
    canvas: OffscreenCanvas,
    gl: Gl,
    ground: Program,
    fluid: Program,
    footprint: Program,
    ghost: Program,
    line: Program,
    picture: Program,
    drawn: Option<Drawn>,
    texture: Option<(u32, WebGlTexture)>,
}

/// A volume in the memory of the graphics.
struct Drawn {
    volume: SceneVolume,
    focus_mm: [f32; 3],
    fluid: [Triangles; 3],
    /// The lower first.
    ghosts: [(Triangles, [f32; 3]); 2],
    frame: Triangles,
    grid: Triangles,
    letters: Triangles,
    /// Outline and picture of a B-scan.
    in_view: Option<(u32, Triangles, Triangles)>,
}

impl Painter {
    /// Draws on `canvas`.
    ///
    /// # Errors
    /// [`SceneFailure`] where the browser has no WebGL 2 or refuses our programs.
    pub fn on(canvas: OffscreenCanvas) -> Result<Self, SceneFailure> {
        let gl = of_canvas(&canvas).ok_or(SceneFailure::NoWebGl2)?;
        Self::with(canvas, gl).map_err(|error| SceneFailure::Other { details: error.to_string() })
    }

    fn with(canvas: OffscreenCanvas, gl: Gl) -> Result<Self, GlError> {
        let surface = include_str!("shaders/surface.vert");
        let space = ["matrix", "stretch", "floor_y", "is_flat", "eye", "key", "colour"];
        let program = |vertex: &str, fragment: &str, uniforms: &[&'static str]| {
            Program::new(&gl, vertex, fragment, uniforms)
        };
        Ok(Self {
            ground: program(
                include_str!("shaders/ground.vert"),
                include_str!("shaders/ground.frag"),
                &["size"],
            )?,
            fluid: program(surface, include_str!("shaders/fluid.frag"), &space)?,
            footprint: program(surface, include_str!("shaders/footprint.frag"), &space)?,
            ghost: program(surface, include_str!("shaders/ghost.frag"), &space)?,
            line: program(
                include_str!("shaders/line.vert"),
                include_str!("shaders/line.frag"),
                &["matrix", "size", "ratio", "width", "colour"],
            )?,
            picture: program(
                include_str!("shaders/picture.vert"),
                include_str!("shaders/picture.frag"),
                &["matrix", "has_picture"],
            )?,
            canvas,
            gl,
            drawn: None,
            texture: None,
        })
    }

    /// Calls `tell` where the browser takes the graphics away.
    pub fn when_lost(&self, tell: impl Fn() + 'static) {
        let lost = Closure::<dyn Fn()>::new(tell);
        let listener = lost.as_ref().unchecked_ref();
        // Who draws without it is told nothing, and draws.
        drop(self.canvas.add_event_listener_with_callback("webglcontextlost", listener));
        lost.forget();
    }

    /// Makes what is drawn of a volume; gives the triangles of each class.
    ///
    /// # Errors
    /// [`BuildError`]; what was drawn before stays.
    pub fn build(&mut self, bytes: &[u8]) -> Result<[u32; 3], BuildError> {
        let gl = &self.gl;
        let volume = bytes::read(bytes)?;
        let meshes = fluid_mesh(&volume);
        let mesh = |mesh: &Mesh| Triangles::new(gl, MESH, &mesh.vertices, &mesh.triangles);
        let lines = |segments: &[Segment]| lines(gl, segments);
        let [irf, srf, ped] = &meshes;
        let drawn = Drawn {
            focus_mm: focus_mm(&meshes),
            fluid: [mesh(irf)?, mesh(srf)?, mesh(ped)?],
            ghosts: [(mesh(&ghost(&volume, Layer::Bm))?, BM), (mesh(&ghost(&volume, Layer::Ilm))?, ILM)],
            frame: lines(&edges(&volume))?,
            grid: lines(&floor_grid(&volume))?,
            letters: lines(&letters(&volume))?,
            in_view: None,
            volume,
        };
        if let Some(before) = self.drawn.replace(drawn) {
            before.free(gl);
        }
        Ok(meshes.map(|mesh| mesh.triangle_count() as u32))
    }

    /// Keeps the picture of a B-scan in place of the one before.
    pub fn take_picture(&mut self, picture: &Picture) {
        let texture = grey_texture(&self.gl, picture.columns, picture.rows, &picture.greys);
        let texture = texture.map(|texture| (picture.bscan, texture));
        if let Some((_, before)) = std::mem::replace(&mut self.texture, texture) {
            self.gl.delete_texture(Some(&before));
        }
    }

    /// Draws.
    pub fn draw(&mut self, look: &Look, camera: Camera) {
        let [width, height] = [look.width, look.height].map(|pixels| pixels.clamp(1, MOST_PIXELS));
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let gl = &self.gl;
        let size = [width as f32, height as f32];
        gl.viewport(0, 0, width as i32, height as i32);
        gl.disable(Gl::BLEND);
        gl.disable(Gl::DEPTH_TEST);
        gl.depth_mask(true);
        gl.clear(Gl::COLOR_BUFFER_BIT | Gl::DEPTH_BUFFER_BIT | Gl::STENCIL_BUFFER_BIT);
        self.ground.begin(gl);
        self.ground.set2(gl, "size", size);
        gl.bind_vertex_array(None);
        gl.draw_arrays(Gl::TRIANGLES, 0, 3);

        let Some(drawn) = &mut self.drawn else { return };
        drawn.mark(gl, look.bscan);
        let Some(drawn) = &self.drawn else { return };
        let subject = Subject {
            size_mm: drawn.volume.size_mm(),
            focus_mm: drawn.focus_mm,
            stretch: look.stretch,
            aspect: size[0] / size[1],
        };
        let sight =
            Sight { view: camera.view(&subject), camera, look, size, floor_mm: -subject.size_mm[1] / 2.0 };

        // Colours carry their own transparency.
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        gl.depth_func(Gl::LEQUAL);
        self.draw_footprints(drawn, &sight);
        gl.disable(Gl::BLEND);
        gl.enable(Gl::DEPTH_TEST);
        self.draw_fluid(drawn, &sight);

        gl.enable(Gl::BLEND);
        gl.depth_mask(false);
        self.begin_lines(&sight);
        self.draw_lines(&drawn.grid, GRID, 1.0);
        self.draw_lines(&drawn.frame, BOX, 1.2);
        self.draw_picture(drawn, &sight);
        self.draw_ghosts(drawn, &sight);
        self.begin_lines(&sight);
        if let Some((_, outline, _)) = &drawn.in_view {
            self.draw_lines(outline, IN_VIEW, 1.6);
        }
        self.draw_lines(&drawn.letters, LETTERS, 1.8);
    }

    /// The fluid as it lies when seen from above, on the floor; each pixel once.
    fn draw_footprints(&self, drawn: &Drawn, sight: &Sight<'_>) {
        let gl = &self.gl;
        gl.enable(Gl::BLEND);
        gl.enable(Gl::STENCIL_TEST);
        gl.stencil_op(Gl::KEEP, Gl::KEEP, Gl::INCR);
        self.footprint.begin(gl);
        sight.set(gl, &self.footprint);
        self.footprint.set(gl, "is_flat", 1.0);
        for class in sight.visible() {
            gl.clear(Gl::STENCIL_BUFFER_BIT);
            gl.stencil_func(Gl::EQUAL, 0, 0xff);
            self.footprint.set3(gl, "colour", linear(class.colour()));
            drawn.fluid[class.index()].draw(gl);
        }
        gl.disable(Gl::STENCIL_TEST);
    }

    fn draw_fluid(&self, drawn: &Drawn, sight: &Sight<'_>) {
        let gl = &self.gl;
        self.fluid.begin(gl);
        sight.set(gl, &self.fluid);
        self.fluid.set(gl, "is_flat", 0.0);
        for class in sight.visible() {
            self.fluid.set3(gl, "colour", linear(class.colour()));
            drawn.fluid[class.index()].draw(gl);
        }
    }

    fn draw_picture(&self, drawn: &Drawn, sight: &Sight<'_>) {
        let gl = &self.gl;
        let Some((bscan, _, picture)) = &drawn.in_view else { return };
        let texture = self.texture.as_ref().filter(|(of, _)| of == bscan);
        self.picture.begin(gl);
        self.picture.set_matrix(gl, "matrix", &sight.view.matrix);
        self.picture.set(gl, "has_picture", if texture.is_some() { 1.0 } else { 0.0 });
        gl.bind_texture(Gl::TEXTURE_2D, texture.map(|(_, texture)| texture));
        picture.draw(gl);
    }

    fn draw_ghosts(&self, drawn: &Drawn, sight: &Sight<'_>) {
        let gl = &self.gl;
        self.ghost.begin(gl);
        sight.set(gl, &self.ghost);
        self.ghost.set(gl, "is_flat", 0.0);
        let is_above = sight.camera.pitch_deg >= 0.0;
        let order = if is_above { [0, 1] } else { [1, 0] };
        for (surface, colour) in order.map(|at: usize| &drawn.ghosts[at]) {
            self.ghost.set3(gl, "colour", *colour);
            surface.draw(gl);
        }
    }

    fn begin_lines(&self, sight: &Sight<'_>) {
        let gl = &self.gl;
        self.line.begin(gl);
        self.line.set_matrix(gl, "matrix", &sight.view.matrix);
        self.line.set2(gl, "size", sight.size);
        self.line.set(gl, "ratio", sight.look.pixel_ratio.clamp(1.0, 4.0));
    }

    fn draw_lines(&self, lines: &Triangles, colour: [f32; 4], width_px: f32) {
        self.line.set4(&self.gl, "colour", colour);
        self.line.set(&self.gl, "width", width_px);
        lines.draw(&self.gl);
    }
}

/// From where a frame is seen, and how.
struct Sight<'a> {
    view: View,
    camera: Camera,
    look: &'a Look,
    size: [f32; 2],
    floor_mm: f32,
}

impl Sight<'_> {
    fn visible(&self) -> impl Iterator<Item = FluidClass> {
        let visible = self.look.visible;
        FluidClass::ALL.into_iter().filter(move |class| visible[class.index()])
    }

    fn set(&self, gl: &Gl, program: &Program) {
        program.set_matrix(gl, "matrix", &self.view.matrix);
        program.set(gl, "stretch", self.look.stretch);
        program.set(gl, "floor_y", self.floor_mm);
        program.set3(gl, "eye", self.view.eye);
        // Light comes over the left shoulder of who looks, wherever they stand.
        let light = self.camera.turned(-38.0, 0.0);
        let (yaw, pitch) = (light.yaw_deg.to_radians(), (light.pitch_deg * 0.6 + 34.0).to_radians());
        program.set3(gl, "key", [yaw.sin() * pitch.cos(), pitch.sin(), yaw.cos() * pitch.cos()]);
    }
}

impl Drawn {
    /// Marks a B-scan.
    fn mark(&mut self, gl: &Gl, bscan: u32) {
        if self.in_view.as_ref().is_some_and(|(marked, ..)| *marked == bscan) {
            return;
        }
        let outline = lines(gl, &bscan_outline(&self.volume, bscan));
        let corners = bscan_corners(&self.volume, bscan);
        let places = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let vertices: Vec<f32> =
            corners.iter().zip(places).flat_map(|(corner, at)| corner.iter().copied().chain(at)).collect();
        let picture = Triangles::new(gl, PICTURE, &vertices, &[0, 1, 2, 0, 2, 3]);
        // Without room for four corners nothing else is drawn either.
        let marked = outline.ok().zip(picture.ok()).map(|(outline, picture)| (bscan, outline, picture));
        if let Some((_, outline, picture)) = std::mem::replace(&mut self.in_view, marked) {
            outline.free(gl);
            picture.free(gl);
        }
    }

    fn free(self, gl: &Gl) {
        let ghosts = self.ghosts.into_iter().map(|(surface, _)| surface);
        let in_view = self.in_view.into_iter().flat_map(|(_, outline, picture)| [outline, picture]);
        let frame = [self.frame, self.grid, self.letters];
        self.fluid.into_iter().chain(ghosts).chain(frame).chain(in_view).for_each(|one| one.free(gl));
    }
}

/// The middle of all fluid; the middle of the scan where there is none.
fn focus_mm(meshes: &[Mesh; 3]) -> [f32; 3] {
    let bounds = meshes.iter().filter_map(Mesh::bounds_mm).reduce(|[a, b], [c, d]| {
        [
            std::array::from_fn(|axis: usize| a[axis].min(c[axis])),
            std::array::from_fn(|axis: usize| b[axis].max(d[axis])),
        ]
    });
    bounds.map_or([0.0; 3], |[least, most]| std::array::from_fn(|axis| (least[axis] + most[axis]) / 2.0))
}

/// Lines as rectangles of four corners, which the program sets apart by their width.
fn lines(gl: &Gl, segments: &[Segment]) -> Result<Triangles, GlError> {
    let (mut vertices, mut indices) = (Vec::new(), Vec::new());
    for (segment, first) in segments.iter().zip((0_u32..).step_by(4)) {
        for corner in [[0.0_f32, -1.0], [1.0, -1.0], [1.0, 1.0], [0.0, 1.0]] {
            vertices.extend(segment.ends_mm.iter().flatten());
            vertices.extend(segment.shifts_px.iter().flatten());
            vertices.extend(corner);
        }
        indices.extend([0, 1, 2, 0, 2, 3].map(|corner| first + corner));
    }
    Triangles::new(gl, LINE, &vertices, &indices)
}

/// A colour of the screen as amounts of light.
fn linear(colour: [u8; 3]) -> [f32; 3] {
    colour.map(|value| (f32::from(value) / 255.0).powf(2.2))
}
