#version 300 es
// A membrane: clear where one looks through it, dense where one looks along it.
precision highp float;
in vec3 at;
in vec3 facing;
uniform vec3 eye;
uniform vec3 key;
uniform vec3 colour;
out vec4 drawn;

void main() {
  vec3 away = normalize(eye - at);
  vec3 n = normalize(facing);
  n *= sign(dot(n, away) + 1e-4);
  float along = 1.0 - abs(dot(n, away));
  float lit = 0.55 + 0.45 * max(dot(n, key), 0.0);
  float shine = pow(max(dot(n, normalize(key + away)), 0.0), 24.0);
  float dense = 0.07 + 0.26 * along * along + 0.12 * shine;
  drawn = vec4(colour * lit * dense + vec3(0.10 * shine), dense);
}
