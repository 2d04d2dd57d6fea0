-- Grain: one sheet and table it feeds, among the sources of this version.
-- Tables: sources.
-- Parameters: none.
-- Units: none.
WITH
import_sources AS (SELECT * FROM sources)
SELECT DISTINCT file, sheet, table_name
FROM import_sources
ORDER BY file, sheet, table_name
