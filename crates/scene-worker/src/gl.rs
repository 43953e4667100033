//! Programs, buffers and textures of WebGL 2.

use std::collections::HashMap;

use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::JsCast;
use web_sys::{
    OffscreenCanvas, WebGl2RenderingContext as Gl, WebGlContextAttributes, WebGlProgram, WebGlShader,
    WebGlTexture, WebGlUniformLocation, WebGlVertexArrayObject,
};

/// What the graphics refused.
#[derive(Debug, thiserror::Error)]
pub enum GlError {
    /// The graphics are gone, or have no room.
    #[error("the graphics gave no {0}")]
    Nothing(&'static str),
    /// A shader of ours.
    #[error("a shader was refused: {0}")]
    Shader(String),
}

/// The WebGL 2 of a canvas; `None` where the browser has none.
pub fn of_canvas(canvas: &OffscreenCanvas) -> Option<Gl> {
    let wanted = WebGlContextAttributes::new();
    wanted.set_alpha(false);
    wanted.set_antialias(true);
    wanted.set_depth(true);
    wanted.set_stencil(true);
    canvas.get_context_with_context_options("webgl2", &wanted).ok()??.dyn_into().ok()
}

/// A program with the places of its uniforms.
pub struct Program {
    program: WebGlProgram,
    uniforms: HashMap<&'static str, WebGlUniformLocation>,
}

impl Program {
    /// Compiles and links; `uniforms` are those that are set.
    ///
    /// # Errors
    /// [`GlError`] where the graphics refuse it.
    pub fn new(gl: &Gl, vertex: &str, fragment: &str, uniforms: &[&'static str]) -> Result<Self, GlError> {
        let program = gl.create_program().ok_or(GlError::Nothing("program"))?;
        for (kind, source) in [(Gl::VERTEX_SHADER, vertex), (Gl::FRAGMENT_SHADER, fragment)] {
            gl.attach_shader(&program, &compile(gl, kind, source)?);
        }
        gl.link_program(&program);
        if gl.get_program_parameter(&program, Gl::LINK_STATUS).as_bool() != Some(true) {
            return Err(GlError::Shader(gl.get_program_info_log(&program).unwrap_or_default()));
        }
        let place = |name: &&'static str| Some((*name, gl.get_uniform_location(&program, name)?));
        let uniforms = uniforms.iter().filter_map(place).collect();
        Ok(Self { program, uniforms })
    }

    /// Draws with it from now on.
    pub fn begin(&self, gl: &Gl) {
        gl.use_program(Some(&self.program));
    }

    /// Sets a number.
    pub fn set(&self, gl: &Gl, name: &str, value: f32) {
        gl.uniform1f(self.uniforms.get(name), value);
    }

    /// Sets two numbers.
    pub fn set2(&self, gl: &Gl, name: &str, [x, y]: [f32; 2]) {
        gl.uniform2f(self.uniforms.get(name), x, y);
    }

    /// Sets three numbers.
    pub fn set3(&self, gl: &Gl, name: &str, [x, y, z]: [f32; 3]) {
        gl.uniform3f(self.uniforms.get(name), x, y, z);
    }

    /// Sets four numbers.
    pub fn set4(&self, gl: &Gl, name: &str, [x, y, z, w]: [f32; 4]) {
        gl.uniform4f(self.uniforms.get(name), x, y, z, w);
    }

    /// Sets a matrix.
    pub fn set_matrix(&self, gl: &Gl, name: &str, matrix: &[f32; 16]) {
        gl.uniform_matrix4fv_with_f32_array(self.uniforms.get(name), false, matrix);
    }
}

fn compile(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, GlError> {
    let shader = gl.create_shader(kind).ok_or(GlError::Nothing("shader"))?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    match gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS).as_bool() {
        Some(true) => Ok(shader),
        _ => Err(GlError::Shader(gl.get_shader_info_log(&shader).unwrap_or_default())),
    }
}

/// Triangles in the memory of the graphics.
pub struct Triangles {
    array: WebGlVertexArrayObject,
    buffers: [web_sys::WebGlBuffer; 2],
    indices: i32,
}

impl Triangles {
    /// `vertices` hold as many numbers as `attributes` have in all, three indices a triangle.
    ///
    /// # Errors
    /// [`GlError::Nothing`] where there is no room.
    pub fn new(gl: &Gl, attributes: &[i32], vertices: &[f32], indices: &[u32]) -> Result<Self, GlError> {
        let array = gl.create_vertex_array().ok_or(GlError::Nothing("array"))?;
        let buffer = || gl.create_buffer().ok_or(GlError::Nothing("buffer"));
        let buffers = [buffer()?, buffer()?];
        gl.bind_vertex_array(Some(&array));
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&buffers[0]));
        gl.buffer_data_with_array_buffer_view(
            Gl::ARRAY_BUFFER,
            &Float32Array::from(vertices),
            Gl::STATIC_DRAW,
        );
        gl.bind_buffer(Gl::ELEMENT_ARRAY_BUFFER, Some(&buffers[1]));
        gl.buffer_data_with_array_buffer_view(
            Gl::ELEMENT_ARRAY_BUFFER,
            &Uint32Array::from(indices),
            Gl::STATIC_DRAW,
        );
        let stride = attributes.iter().sum::<i32>() * 4;
        let mut offset = 0;
        for (place, numbers) in attributes.iter().enumerate() {
            gl.enable_vertex_attrib_array(place as u32);
            gl.vertex_attrib_pointer_with_i32(place as u32, *numbers, Gl::FLOAT, false, stride, offset);
            offset += numbers * 4;
        }
        gl.bind_vertex_array(None);
        Ok(Self { array, buffers, indices: indices.len() as i32 })
    }

    /// Draws them.
    pub fn draw(&self, gl: &Gl) {
        if self.indices > 0 {
            gl.bind_vertex_array(Some(&self.array));
            gl.draw_elements_with_i32(Gl::TRIANGLES, self.indices, Gl::UNSIGNED_INT, 0);
            gl.bind_vertex_array(None);
        }
    }

    /// Gives their memory back.
    pub fn free(self, gl: &Gl) {
        gl.delete_vertex_array(Some(&self.array));
        self.buffers.iter().for_each(|buffer| gl.delete_buffer(Some(buffer)));
    }
}

/// A grey picture in the memory of the graphics; `None` where the greys do not fill it or
/// there is no room.
pub fn grey_texture(gl: &Gl, columns: u32, rows: u32, greys: &[u8]) -> Option<WebGlTexture> {
    if greys.is_empty() || greys.len() as u64 != u64::from(columns) * u64::from(rows) {
        return None;
    }
    let texture = gl.create_texture()?;
    gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
    gl.pixel_storei(Gl::UNPACK_ALIGNMENT, 1);
    gl.tex_image_2d_with_i32_and_i32_and_i32_and_format_and_type_and_opt_u8_array(
        Gl::TEXTURE_2D,
        0,
        Gl::R8 as i32,
        columns as i32,
        rows as i32,
        0,
        Gl::RED,
        Gl::UNSIGNED_BYTE,
        Some(greys),
    )
    .ok()?;
    // The picture is drawn smaller than it is: speckle would flicker without its smaller copies.
    gl.generate_mipmap(Gl::TEXTURE_2D);
    for (what, how) in [
        (Gl::TEXTURE_MIN_FILTER, Gl::LINEAR_MIPMAP_LINEAR),
        (Gl::TEXTURE_MAG_FILTER, Gl::LINEAR),
        (Gl::TEXTURE_WRAP_S, Gl::CLAMP_TO_EDGE),
        (Gl::TEXTURE_WRAP_T, Gl::CLAMP_TO_EDGE),
    ] {
        gl.tex_parameteri(Gl::TEXTURE_2D, what, how as i32);
    }
    Some(texture)
}
