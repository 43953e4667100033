#version 300 es
// The B-scan in view, where it lies.
layout(location = 0) in vec3 place;
layout(location = 1) in vec2 part;
uniform mat4 matrix;
out vec2 within;

void main() {
  within = part;
  gl_Position = matrix * vec4(place, 1.0);
}
