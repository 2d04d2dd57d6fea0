-- Grain: one sheet and table it feeds, among the sources of this version. Tables: sources.
SELECT DISTINCT file, sheet, table_name
FROM sources
ORDER BY file, sheet, table_name
