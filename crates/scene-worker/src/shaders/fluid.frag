#version 300 es
// Fluid: smooth and wet, lit from over the shoulder and from the sky.
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
  // A surface is seen from inside where it is cut open by the edge of the scan.
  n *= sign(dot(n, away) + 1e-4);
  float lit = max(dot(n, key), 0.0);
  float wrapped = 0.5 + 0.5 * dot(n, key);
  float sky = 0.5 + 0.5 * n.y;
  float edge = pow(1.0 - max(dot(n, away), 0.0), 3.0);
  float shine = pow(max(dot(n, normalize(key + away)), 0.0), 42.0);
  vec3 light = colour * (0.05 + 0.58 * lit * lit + 0.16 * wrapped + 0.12 * sky);
  light += colour * edge * 0.22;
  light += vec3(0.9, 0.95, 1.0) * (0.20 * shine + 0.04 * edge);
  drawn = vec4(pow(min(light, vec3(1.0)), vec3(1.0 / 2.2)), 1.0);
}
