"""The evaluation: the report's own, repeated on any home, and the same questions asked of far larger ones.

What is measured is in `places`, how it is judged in `statistics`, what is shown in `report`. `bench/` measures other
things and judges and draws them with the same modules.
"""
