/**
 * Runs in the page, once, with 3Dmol.js and the dark colours: turns the waiting pictures of structures, and those still to
 * come, into viewers as soon as they are to be seen. Without WebGL the pictures stay. Colours follow the page's theme as
 * those of plots do. The wheel zooms only in a viewer that has the focus, so that pages scroll. Nothing is sent anywhere.
 */
export const STRUCTURE_VIEWER = `function (mol, darkOf) {
  var waiting = window.spectensorStructures || [];
  var able = (function () {
    try {
      var canvas = document.createElement("canvas"), gl = canvas.getContext("webgl2") || canvas.getContext("webgl");
      var loss = gl && gl.getExtension("WEBGL_lose_context");
      if (loss) loss.loseContext();
      return !!gl;
    } catch (e) { return false; }
  })();
  var HELP = "Arrow keys turn it, plus and minus zoom, 0 resets.";

  function dark() { return document.documentElement.dataset.spectensorTheme === "dark"; }
  function themed(text) { return dark() ? text.replace(/#[0-9a-f]{6}/g, function (c) { return darkOf[c] || c; }) : text; }
  function point(v, k) { return { x: v[k], y: v[k + 1], z: v[k + 2] }; }
  function add(tag, parent, style) {
    var element = parent.appendChild(document.createElement(tag));
    element.style.cssText = style;
    return element;
  }

  /** The unit sphere under the matrix whose columns are the semi-axes. */
  function ellipsoid(center, given) {
    var a = given[0], b = given[1], c = given[2];
    var right = a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]) > 0;
    var axes = right ? given : [b, a, c];
    var vertices = [], normals = [], faces = [], rows = 18, columns = 28;
    var lengths = axes.map(function (a) { return a[0] * a[0] + a[1] * a[1] + a[2] * a[2]; });
    for (var i = 0; i <= rows; i++) for (var j = 0; j <= columns; j++) {
      var t = Math.PI * i / rows, p = 2 * Math.PI * j / columns;
      var s = [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)], v = [0, 0, 0], n = [0, 0, 0];
      for (var d = 0; d < 3; d++) for (var k = 0; k < 3; k++) {
        v[d] += s[k] * axes[k][d];
        n[d] += s[k] * axes[k][d] / lengths[k];
      }
      var size = Math.hypot(n[0], n[1], n[2]);
      vertices.push({ x: center[0] + v[0], y: center[1] + v[1], z: center[2] + v[2] });
      normals.push({ x: n[0] / size, y: n[1] / size, z: n[2] / size });
      var at = i * (columns + 1) + j;
      if (i < rows && j < columns) faces.push(at, at + columns + 1, at + 1, at + 1, at + columns + 1, at + columns + 2);
    }
    return { vertexArr: vertices, normalArr: normals, faceArr: faces };
  }

  /** A closed cone from its base along a unit vector. */
  function cone(base, along, height, radius) {
    var least = along.map(Math.abs).indexOf(Math.min.apply(null, along.map(Math.abs))), help = [0, 0, 0];
    help[least] = 1;
    function cross(a, b) { return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]; }
    var u = cross(along, help), size = Math.hypot(u[0], u[1], u[2]);
    u = u.map(function (x) { return x / size; });
    var w = cross(along, u), slant = Math.hypot(height, radius), vertices = [], normals = [], faces = [], n = 24;
    function put(place, normal) {
      vertices.push({ x: place[0], y: place[1], z: place[2] });
      normals.push({ x: normal[0], y: normal[1], z: normal[2] });
    }
    for (var j = 0; j <= n; j++) {
      var t = 2 * Math.PI * j / n;
      var out = [0, 1, 2].map(function (k) { return Math.cos(t) * u[k] + Math.sin(t) * w[k]; });
      var rim = out.map(function (x, k) { return base[k] + radius * x; });
      var side = out.map(function (x, k) { return (height * x + radius * along[k]) / slant; });
      put(rim, side);
      put(base.map(function (x, k) { return x + height * along[k]; }), side);
      put(rim, along.map(function (x) { return -x; }));
      put(base, along.map(function (x) { return -x; }));
      if (j < n) faces.push(4 * j, 4 * j + 4, 4 * j + 1, 4 * j + 2, 4 * j + 3, 4 * j + 6);
    }
    return { vertexArr: vertices, normalArr: normals, faceArr: faces };
  }

  function draw(viewer, scene) {
    viewer.removeAllShapes();
    viewer.removeAllLabels();
    viewer.setBackgroundColor(scene.colours.background);
    function shape(colour, opacity) { return viewer.addShape({ color: colour, opacity: opacity || 1 }); }
    Object.keys(scene.balls).forEach(function (colour) {
      var s = shape(colour);
      scene.balls[colour].forEach(function (b) { s.addSphere({ center: point(b, 0), radius: b[3], color: colour }); });
    });
    scene.sticks.forEach(function (group) {
      var s = shape(group[0]);
      group[2].forEach(function (b) {
        s.addCylinder({ start: point(b, 0), end: point(b, 3), radius: group[1], fromCap: 2, toCap: 2, color: group[0] });
      });
    });
    scene.arrows[1].forEach(function (a) {
      var d = [a[3] - a[0], a[4] - a[1], a[5] - a[2]], length = Math.hypot(d[0], d[1], d[2]), head = Math.min(0.34, 0.7 * length);
      var neck = [0, 1, 2].map(function (k) { return a[3 + k] - head * d[k] / length; });
      viewer.addCylinder({ start: point(a, 0), end: point(neck, 0), radius: 0.055, fromCap: 1, toCap: 1, color: scene.arrows[0] });
      var mesh = cone(neck, d.map(function (x) { return x / length; }), head, 0.42 * head);
      mesh.color = scene.arrows[0];
      viewer.addCustom(mesh);
    });
    scene.ellipsoids.forEach(function (e) {
      var mesh = ellipsoid(e[0], e[1]);
      mesh.color = e[2];
      mesh.opacity = 0.5;
      viewer.addCustom(mesh);
      e[1].forEach(function (axis, k) {
        var reach = 1 + 0.1 / Math.max(0.01, Math.hypot(axis[0], axis[1], axis[2]));
        function end(sign) {
          return { x: e[0][0] + sign * reach * axis[0], y: e[0][1] + sign * reach * axis[1], z: e[0][2] + sign * reach * axis[2] };
        }
        viewer.addCylinder({ start: end(-1), end: end(1), radius: 0.025, fromCap: 2, toCap: 2, color: e[3][k] });
      });
    });
    scene.labels.forEach(function (l) {
      viewer.addLabel(l[0], { position: point(l[1], 0), fontSize: 15, fontColor: scene.colours.text, fontOpacity: 1, bold: true,
        backgroundColor: scene.colours.background, backgroundOpacity: 0.6, padding: 1, borderThickness: 0, inFront: true,
        alignment: "bottomLeft", screenOffset: { x: 7, y: -7 } });
    });
    viewer.render();
  }

  /** The named directions, drawn over the canvas; turned with it. */
  function compass(svg, scene, q) {
    var x = q[4], y = q[5], z = q[6], w = q[7];
    function turn(v) {
      var tx = 2 * (y * v[2] - z * v[1]), ty = 2 * (z * v[0] - x * v[2]), tz = 2 * (x * v[1] - y * v[0]);
      return [v[0] + w * tx + y * tz - z * ty, v[1] + w * ty + z * tx - x * tz];
    }
    svg.innerHTML = scene.directions.map(function (d) {
      var v = turn(d[1]);
      return '<line x1="38" y1="38" x2="' + (38 + 23 * v[0]) + '" y2="' + (38 - 23 * v[1]) + '" stroke="' + scene.colours.axis +
        '" stroke-width="1.5"/><text x="' + (38 + 31 * v[0]) + '" y="' + (42 - 31 * v[1]) + '" fill="' + scene.colours.text +
        '" font-size="12" font-style="italic" text-anchor="middle">' + d[0] + "</text>";
    }).join("");
  }

  function legend(place, scene) {
    place.textContent = "";
    place.style.color = scene.colours.text;
    scene.legend.forEach(function (entry) {
      var item = add("span", place, "display:inline-block;margin:0 9px;white-space:nowrap");
      add("span", item, "display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:5px;border:1px solid " +
        scene.colours.axis + ";background:" + entry[0]);
      item.appendChild(document.createTextNode(entry[1]));
    });
    if (scene.note) add("div", place, "font-size:12px").textContent = scene.note;
  }

  function start(id, raw) {
    var host = document.getElementById(id), picture = host && host.querySelector("img");
    if (!picture || host.spectensorStarted) return;
    host.spectensorStarted = true;
    var text = JSON.stringify(raw), light = picture.src, viewer, box, axes, names, home;

    function paint() {
      var scene = JSON.parse(themed(text));
      if (!viewer) {
        var head = "data:image/svg+xml;base64,";
        picture.src = dark() ? head + btoa(themed(atob(light.slice(head.length)))) : light;
        return;
      }
      draw(viewer, scene);
      box.style.borderColor = scene.colours.axis;
      box.style.background = scene.colours.background;
      legend(names, scene);
      viewer.setViewChangeCallback(function (view) { compass(axes, scene, view); });
      compass(axes, scene, viewer.getView());
    }

    function open() {
      var size = raw.size, figure = document.createElement("div"), height = size[1] - 40;
      figure.style.cssText = "max-width:" + size[0] + "px;font:13px Arial,Helvetica,sans-serif;text-align:center";
      box = add("div", figure, "position:relative;width:100%;height:" + height + "px;box-sizing:border-box;border:1px solid;border-radius:6px;overflow:hidden;touch-action:pan-y");
      box.tabIndex = 0;
      box.setAttribute("role", "application");
      box.setAttribute("aria-label", picture.alt + " " + HELP);
      box.setAttribute("data-lm-suppress-shortcuts", "true");
      box.title = "Drag to turn, click and scroll to zoom. " + HELP;
      names = add("div", figure, "padding-top:5px;line-height:1.5");
      host.appendChild(figure);
      try {
        viewer = mol.createViewer(box, { backgroundColor: raw.colours.background, orthographic: true, disableFog: true, antialias: true });
      } catch (error) {
        host.removeChild(figure);
        return;
      }
      axes = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      axes.setAttribute("aria-hidden", "true");
      axes.style.cssText = "position:absolute;left:0;bottom:0;width:76px;height:76px;pointer-events:none;z-index:1";
      box.appendChild(axes);
      paint();
      viewer.zoomTo();
      var half = 1.05 * Math.max(raw.reach[0], raw.reach[1] * box.clientWidth / height, box.clientWidth / 190);
      home = [0, 0, 0, 150 - half / Math.tan(Math.PI / 9), 0, 0, 0, 1];
      viewer.setView(home);
      viewer.render();
      host.removeChild(picture);
      box.addEventListener("pointerdown", function () { box.focus({ preventScroll: true }); });
      box.addEventListener("wheel", function (event) {
        if (document.activeElement !== box) event.stopPropagation();
      }, { capture: true });
      box.addEventListener("keydown", function (event) {
        var turns = { ArrowLeft: [-10, "y"], ArrowRight: [10, "y"], ArrowUp: [-10, "x"], ArrowDown: [10, "x"] };
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (turns[event.key]) viewer.rotate(turns[event.key][0], turns[event.key][1]);
        else if (event.key === "+" || event.key === "=") viewer.zoom(1.15);
        else if (event.key === "-") viewer.zoom(1 / 1.15);
        else if (event.key === "0") viewer.setView(home);
        else return;
        viewer.render();
        event.preventDefault();
        event.stopPropagation();
      });
    }

    document.addEventListener("spectensor-theme", paint);
    if (dark()) paint();
    if (!able) return;
    new IntersectionObserver(function (entries, observer) {
      if (!entries.some(function (e) { return e.isIntersecting; })) return;
      observer.disconnect();
      open();
    }, { rootMargin: "300px" }).observe(host);
  }

  function all() { while (waiting.length > 0) start.apply(null, waiting.shift()); }
  window.spectensorStructures = waiting;
  document.addEventListener("spectensor-structures", all);
  all();
}`;
