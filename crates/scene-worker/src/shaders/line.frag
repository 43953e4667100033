#version 300 es
// A line with soft sides.
precision highp float;
in float side;
uniform float ratio;
uniform float width;
uniform vec4 colour;
out vec4 drawn;

void main() {
  float inside = clamp(width * ratio * 0.5 + 0.5 - abs(side), 0.0, 1.0);
  float opacity = colour.a * inside;
  drawn = vec4(colour.rgb * opacity, opacity);
}
