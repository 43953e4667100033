#version 300 es
// Tissue is seen, the dark around it is looked through.
precision highp float;
in vec2 within;
uniform sampler2D greys;
uniform float has_picture;
out vec4 drawn;

void main() {
  float grey = texture(greys, within).r * has_picture;
  float tissue = smoothstep(0.16, 0.55, grey);
  float opacity = max(tissue * 0.86, 0.055);
  vec3 light = mix(vec3(0.55, 0.62, 0.70), vec3(grey) * vec3(0.97, 0.99, 1.0), has_picture * step(0.06, tissue));
  drawn = vec4(light * opacity, opacity);
}
