;; without: multi_memory
(module (memory 1) (memory 1))
