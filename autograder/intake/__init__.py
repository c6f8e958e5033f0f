"""From the paths of an instructor to the places of submissions, as each platform lays them out."""
