"""Pages of documents, practice sheets and the library."""
