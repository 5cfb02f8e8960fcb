"""Long work with progress: leased, resumed after a kill, watched on a page that one may leave."""
