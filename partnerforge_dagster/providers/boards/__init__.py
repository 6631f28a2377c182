"""Job boards behind `JobBoards`: one file per board, each request -> postings."""
