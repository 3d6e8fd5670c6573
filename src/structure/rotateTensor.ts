/**
 * A Cartesian tensor of any rank with every index rotated: T′_{ab…} = R_ai R_bj … T_{ij…}.
 * @param rotation orthogonal [3, 3], row-major, proper or not
 * @param tensor row-major, 3^rank numbers
 */
export function rotateTensor(rotation: Float64Array, tensor: Float64Array): Float64Array {
  let t = tensor;
  // Rotating the first index and moving it to the end, once per index, restores the order.
  for (let size = 1; size < tensor.length; size *= 3) {
    const rest = t.length / 3;
    const next = new Float64Array(t.length);
    for (let r = 0; r < rest; r++)
      for (let a = 0; a < 3; a++)
        next[3 * r + a] =
          rotation[3 * a]! * t[r]! + rotation[3 * a + 1]! * t[rest + r]! + rotation[3 * a + 2]! * t[2 * rest + r]!;
    t = next;
  }
  return t;
}
