"""Live wall of all current lessons: `queries` loads them, `troubles` judges them, `tiles` orders them."""
