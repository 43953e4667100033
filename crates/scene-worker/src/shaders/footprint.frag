#version 300 es
// Where the fluid lies when seen from above, on the floor of the scan.
precision highp float;
in vec3 at;
in vec3 facing;
uniform vec3 colour;
out vec4 drawn;

void main() {
  float strength = 0.26;
  drawn = vec4(pow(colour, vec3(1.0 / 2.2)) * strength, strength);
}
