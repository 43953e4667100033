#version 300 es
// A surface in space; stretched along its depth, or flat on the floor.
layout(location = 0) in vec3 place;
layout(location = 1) in vec3 normal;
uniform mat4 matrix;
uniform float stretch;
uniform float floor_y;
uniform float is_flat;
out vec3 at;
out vec3 facing;

void main() {
  vec3 drawn = vec3(place.x, mix(place.y, floor_y, is_flat), place.z);
  at = drawn * vec3(1.0, stretch, 1.0);
  facing = normal / vec3(1.0, stretch, 1.0);
  gl_Position = matrix * vec4(drawn, 1.0);
}
