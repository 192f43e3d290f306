use super::Report;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a report was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// For programs.
    pub json: PathBuf,
    /// For people.
    pub page: PathBuf,
}

impl Report {
    /// Writes the report into `folder`, as `NAME.json` and `NAME.html`.
    ///
    /// # Errors
    /// What cannot be written, and why.
    pub fn write_into(&self, folder: &Path) -> Result<Files, String> {
        let path = |extension: &str| folder.join(&self.name).with_extension(extension);
        let files = Files { json: path("json"), page: path("html") };
        fs::create_dir_all(folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        let json = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write(&files.json, &json)?;
        write(&files.page, &self.page())?;
        Ok(files)
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use crate::report::{Report, sample};
    use std::fs;

    #[test]
    fn both_files_are_written_into_a_folder_that_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let files = sample().write_into(&folder.path().join("studies")).unwrap();
        assert_eq!(files.json, folder.path().join("studies/sample.json"));
        let read: Report = serde_json::from_slice(&fs::read(&files.json).unwrap()).unwrap();
        assert_eq!(read, sample());
        assert!(fs::read_to_string(&files.page).unwrap().starts_with("<!doctype html>"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(sample().write_into(&file).unwrap_err().contains("file cannot be made"));
    }
}
