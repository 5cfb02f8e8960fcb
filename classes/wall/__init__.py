"""All lessons of now on one page: `now` reads them, `troubles` judges them, `tiles` puts them in order."""
