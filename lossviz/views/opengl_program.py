"""The two shader programs of the 3-D picture: one for its cells, one for its lines."""

import numpy as np
from PySide6.QtGui import QMatrix4x4, QVector3D, QVector4D
from PySide6.QtOpenGL import QOpenGLShader, QOpenGLShaderProgram

CORNERS = {
    "surface": np.dtype([("position", "f4", 3), ("plane", "f4", 4), ("above", "u1", 4), ("below", "u1", 4)]),
    "lines": np.dtype([("begin", "f4", 3), ("end", "f4", 3), ("plane", "f4", 4), ("corner", "f4", 2)]),
}
"""What each program takes for a corner. `plane` is the cell's unit normal and how far along it the cell lies: an eye
that is less far sees the underside. `corner` is (±1, ±1): which end of a line, and which side of it."""

FLOAT, BYTE = 0x1406, 0x1401

SURFACE = (
    """
    attribute highp vec3 position;
    attribute highp vec4 plane;
    attribute lowp vec4 above;
    attribute lowp vec4 below;
    uniform highp mat4 matrix;
    uniform highp vec3 eye;
    varying lowp vec4 colour;
    void main() {
        gl_Position = matrix * vec4(position, 1.0);
        colour = dot(plane.xyz, eye) < plane.w ? below : above;
    }
    """,
    """
    varying lowp vec4 colour;
    void main() { gl_FragColor = colour; }
    """,
)
# each segment is a rectangle along it, wide enough for an edge that fades over one pixel
LINES = (
    """
    attribute highp vec3 begin;
    attribute highp vec3 end;
    attribute highp vec4 plane;
    attribute highp vec2 corner;
    uniform highp mat4 matrix;
    uniform highp vec3 eye;
    uniform highp vec4 screen;
    uniform lowp vec4 above;
    uniform lowp vec4 below;
    varying lowp vec4 colour;
    varying highp float across;
    void main() {
        highp vec4 one = matrix * vec4(begin, 1.0);
        highp vec4 two = matrix * vec4(end, 1.0);
        highp vec2 way = (two.xy / two.w - one.xy / one.w) * screen.xy;
        highp float size = length(way);
        way = size > 1e-5 ? way / size : vec2(1.0, 0.0);
        across = corner.y * (screen.z + 1.0);
        highp vec4 at = corner.x < 0.0 ? one : two;
        at.xy += at.w * vec2(-way.y, way.x) * across / screen.xy;
        at.z -= at.w * screen.w;
        gl_Position = at;
        colour = dot(plane.xyz, eye) < plane.w ? below : above;
    }
    """,
    """
    uniform highp vec4 screen;
    varying lowp vec4 colour;
    varying highp float across;
    void main() { gl_FragColor = colour * clamp(screen.z + 0.5 - abs(across), 0.0, 1.0); }
    """,
)


class OpenGLError(RuntimeError):
    """OpenGL can't be used: a few words say why."""


class Program:
    """A compiled pair of shaders; needs a current context.

    Parameters
    ----------
    kind : str
        "surface" or "lines".

    Raises
    ------
    OpenGLError
        If it can't be compiled.
    """

    def __init__(self, kind: str) -> None:
        self._form = CORNERS[kind]
        self._program = QOpenGLShaderProgram()
        for place, name in enumerate(self._form.names or ()):
            self._program.bindAttributeLocation(name, place)
        types = (QOpenGLShader.ShaderTypeBit.Vertex, QOpenGLShader.ShaderTypeBit.Fragment)
        sources = SURFACE if kind == "surface" else LINES
        added = all(self._program.addShaderFromSourceCode(*pair) for pair in zip(types, sources, strict=True))
        if not (added and self._program.link()):
            raise OpenGLError(f"the shader of the {kind} fails")
        self._places: dict[str, int] = {}

    def bind(self, **values: QMatrix4x4 | QVector3D | QVector4D) -> None:
        """Use it, with these uniform values."""
        if not self._program.bind():
            raise OpenGLError("a shader can't be used")
        for name, value in values.items():
            if name not in self._places:
                self._places[name] = self._program.uniformLocation(name)
            self._program.setUniformValue(self._places[name], value)

    def read_corners(self) -> None:
        """Take the corners from the buffer that is bound."""
        assert self._form.fields is not None
        for place, name in enumerate(self._form.fields):
            single, offset = self._form.fields[name][:2]
            base, shape = single.subdtype or (single, (1,))
            kind = BYTE if base == np.uint8 else FLOAT
            self._program.enableAttributeArray(place)
            self._program.setAttributeBuffer(place, kind, offset, shape[0], self._form.itemsize)

    def release(self) -> None:
        """Use it no longer."""
        for place in range(len(self._form.names or ())):
            self._program.disableAttributeArray(place)
        self._program.release()
