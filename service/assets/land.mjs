// Coastlines of Natural Earth (public domain), as world-atlas packs them, to what a small map
// needs: rings of whole tenths of a degree, longitude and latitude in turn. Land alone: where
// no border is drawn, none is claimed.

import { readFileSync } from "node:fs";

const TENTHS = 10;
const SLACK = 0.6; // tenths of a degree that a point may lie beside its line and be left out
const LEAST = 3; // tenths: smaller islands would be less than a dot

export function land(file) {
  const topology = JSON.parse(readFileSync(file));
  const arcs = topology.arcs.map((arc) => decoded(arc, topology.transform));
  const rings = Object.values(topology.objects)
    .flatMap((one) => one.geometries ?? [one])
    .flatMap((shape) => (shape.type === "Polygon" ? [shape.arcs] : shape.arcs))
    .flatMap((polygon) => polygon.map((ring) => joined(ring, arcs)))
    .map((ring) => simpler(ring))
    .filter((ring) => ring.length > 3 && extent(ring) >= LEAST);
  return `[\n${rings.map((ring) => JSON.stringify(ring.flat())).join(",\n")}\n]\n`;
}

// An arc's points are steps from one to the next, in the topology's own grid.
function decoded(arc, { scale, translate }) {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [
      Math.round((x * scale[0] + translate[0]) * TENTHS),
      Math.round((y * scale[1] + translate[1]) * TENTHS),
    ];
  });
}

// A negative index is an arc walked backwards; the first point repeats the last one's.
function joined(ring, arcs) {
  return ring.flatMap((index, place) => {
    const arc = index < 0 ? [...arcs[~index]].reverse() : arcs[index];
    return place === 0 ? arc : arc.slice(1);
  });
}

// Douglas and Peucker, between two points that stay.
function simpler(points) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, place] = [0, 0];
  for (let i = 1; i < points.length - 1; i++) {
    const away = distance(points[i], first, last);
    if (away > farthest) [farthest, place] = [away, i];
  }
  if (farthest <= SLACK) return [first, last];
  return [...simpler(points.slice(0, place + 1)), ...simpler(points.slice(place)).slice(1)];
}

function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.hypot(dx, dy);
  if (length === 0) return Math.hypot(x - ax, y - ay);
  return Math.abs(dx * (ay - y) - dy * (ax - x)) / length;
}

function extent(ring) {
  const spans = [0, 1].map((axis) => {
    const values = ring.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...spans);
}
