#version 300 es
// A dark room, a little lighter in the middle.
precision highp float;
uniform vec2 size;
out vec4 drawn;

void main() {
  vec2 off = (gl_FragCoord.xy / size - vec2(0.5, 0.56)) * vec2(1.0, 0.9);
  float middle = exp(-dot(off, off) * 4.5);
  vec3 light = mix(vec3(0.016, 0.021, 0.027), vec3(0.082, 0.102, 0.125), middle);
  // Noise of one step of grey, or the slow change would show in bands.
  float noise = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;
  drawn = vec4(light + noise / 255.0, 1.0);
}
