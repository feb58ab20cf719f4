package store

import "plumbline/backend/workflow"

// Draft returns the unsaved typing of an artifact; ok is false when there is none.
func (tx *Tx) Draft(projectID, path string) (d workflow.Draft, ok bool, err error) {
	ok, err = tx.get(bucketDraft, key(projectID, path), &d)
	return d, ok, err
}

// Drafts returns all unsaved typing of a project, in order of the paths.
func (tx *Tx) Drafts(projectID string) ([]workflow.Draft, error) {
	return list[workflow.Draft](tx, bucketDraft, under(projectID))
}

// PutDraft writes the unsaved typing of an artifact.
func (tx *Tx) PutDraft(d workflow.Draft) error {
	if err := checkPlace(d.ProjectID, d.Path); err != nil {
		return err
	}
	d.At = d.At.UTC()
	_, err := tx.put(bucketDraft, key(d.ProjectID, d.Path), d)
	return err
}

// DeleteDraft deletes the unsaved typing of an artifact, if there is any.
func (tx *Tx) DeleteDraft(projectID, path string) error {
	return tx.remove(bucketDraft, key(projectID, path))
}

// ShelfFile is what was last seen of a file of the user's library.
type ShelfFile struct {
	Path string `json:"path"`
	Hash string `json:"hash"` // of its content, see workflow.Hash
	// Gone says that somebody removed it. Its versions are kept.
	Gone bool `json:"gone"`
}

// ShelfFiles returns what was last seen of all files of the library, by their paths.
func (tx *Tx) ShelfFiles() (map[string]ShelfFile, error) {
	files := map[string]ShelfFile{}
	err := tx.scan(bucketShelfFile, nil, func(k, value []byte) error {
		var f ShelfFile
		err := decode(bucketShelfFile, k, value, &f)
		files[f.Path] = f
		return err
	})
	return files, err
}

// PutShelfFile notes what was seen of a file of the library.
func (tx *Tx) PutShelfFile(f ShelfFile) error {
	if err := checkPlace(workflow.LibraryID, f.Path); err != nil {
		return err
	}
	_, err := tx.put(bucketShelfFile, key(f.Path), f)
	return err
}

// settingsKey is the key of the only record of its bucket.
const settingsKey = "settings"

// Settings returns the settings; ok is false when none were saved yet.
func (tx *Tx) Settings() (s workflow.Settings, ok bool, err error) {
	s = workflow.DefaultSettings() // for those that came after they were saved
	ok, err = tx.get(bucketSetting, key(settingsKey), &s)
	return s, ok, err
}

// PutSettings writes the settings.
func (tx *Tx) PutSettings(s workflow.Settings) error {
	_, err := tx.put(bucketSetting, key(settingsKey), s)
	return err
}

// Calibration returns the bytes a token that were learned for a model; ok is
// false when nothing was learned yet.
func (tx *Tx) Calibration(model string) (ratio float64, ok bool, err error) {
	ok, err = tx.get(bucketCalibration, key(model), &ratio)
	return ratio, ok, err
}

// PutCalibration writes the bytes a token of a model.
func (tx *Tx) PutCalibration(model string, ratio float64) error {
	return tx.putModel(bucketCalibration, model, ratio)
}

// NumCtx returns the largest window that was asked for with a model; ok is false
// when none was.
func (tx *Tx) NumCtx(model string) (tokens int, ok bool, err error) {
	ok, err = tx.get(bucketNumCtx, key(model), &tokens)
	return tokens, ok, err
}

// PutNumCtx writes the largest window that was asked for with a model.
func (tx *Tx) PutNumCtx(model string, tokens int) error {
	return tx.putModel(bucketNumCtx, model, tokens)
}

func (tx *Tx) putModel(name bucketName, model string, value any) error {
	if model == "" {
		return workflow.Errorf(workflow.Invalid, "The name of the model is missing.")
	}
	_, err := tx.put(name, key(model), value)
	return err
}
